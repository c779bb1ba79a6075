-- Verify pgtill:reference/app/asset_catalog on pg

BEGIN;

-- Division by zero says that a row is missing.
SELECT 1 / (count(*) = 0)::integer
FROM (
    VALUES
    ('bitcoin', 'regtest', 'BTC'),
    ('bitcoin', 'testnet', 'BTC'),
    ('ethereum', 'sepolia', 'ETH'),
    ('ethereum', 'sepolia', 'USDT')
) AS wanted (chain, network, asset)
WHERE NOT EXISTS (
    SELECT FROM app.asset_catalog AS present
    WHERE
        present.chain = wanted.chain
        AND present.network = wanted.network
        AND present.asset = wanted.asset
);

ROLLBACK;
