-- Verify pgtill:reference/app/networks on pg

BEGIN;

-- Division by zero says that a row is missing.
SELECT 1 / (count(*) = 0)::integer
FROM (
    VALUES
    ('bitcoin', 'mainnet'),
    ('bitcoin', 'regtest'),
    ('bitcoin', 'testnet'),
    ('ethereum', 'mainnet'),
    ('ethereum', 'sepolia')
) AS wanted (chain, network)
WHERE NOT EXISTS (
    SELECT FROM app.networks AS present
    WHERE
        present.chain = wanted.chain
        AND present.network = wanted.network
);

ROLLBACK;
