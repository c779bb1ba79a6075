-- Verify pgtill:reference/app/wallet_accounts on pg

BEGIN;

-- Division by zero says that a row is missing.
SELECT 1 / (count(*) = 0)::integer
FROM (
    VALUES
    ('wa_btc_regtest_001'),
    ('wa_btc_testnet_001'),
    ('wa_eth_sepolia_001')
) AS wanted (id)
WHERE NOT EXISTS (
    SELECT FROM app.wallet_accounts AS present
    WHERE
        present.id = wanted.id
);

ROLLBACK;
