-- Verify pgtill:types/ledger/standing on pg

BEGIN;

SELECT
    made.moment,
    made.names,
    made.owners,
    made.ids,
    made.currencies,
    made.sides,
    made.versions,
    made.balances,
    made.lowest,
    made.highest,
    made.chains
FROM (SELECT (NULL::ledger.standing).*) AS made
WHERE FALSE;

ROLLBACK;
