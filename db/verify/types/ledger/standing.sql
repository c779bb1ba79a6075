-- Verify pgtill:types/ledger/standing on pg

BEGIN;

SELECT
    made.moment,
    made.names,
    made.accounts
FROM (SELECT (NULL::ledger.standing).*) AS made
WHERE FALSE;

ROLLBACK;
