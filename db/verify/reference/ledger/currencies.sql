-- Verify pgtill:reference/ledger/currencies on pg

BEGIN;

-- Division by zero says that a row is missing.
SELECT 1 / (count(*) = 0)::integer
FROM (
    VALUES
    ('BHD'),
    ('BTC'),
    ('ETH'),
    ('EUR'),
    ('JPY'),
    ('USD'),
    ('USDT')
) AS wanted (code)
WHERE NOT EXISTS (
    SELECT FROM ledger.currencies AS present
    WHERE present.code = wanted.code
);

ROLLBACK;
