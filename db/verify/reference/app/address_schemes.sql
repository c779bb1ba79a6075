-- Verify pgtill:reference/app/address_schemes on pg

BEGIN;

-- Division by zero says that a row is missing.
SELECT 1 / (count(*) = 0)::integer
FROM (
    VALUES
    ('bitcoin', 'bip84_p2wpkh'),
    ('ethereum', 'evm_bip44')
) AS wanted (chain, address_scheme)
WHERE NOT EXISTS (
    SELECT FROM app.address_schemes AS present
    WHERE
        present.chain = wanted.chain
        AND present.address_scheme = wanted.address_scheme
);

ROLLBACK;
