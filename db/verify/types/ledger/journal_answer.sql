-- Verify pgtill:types/ledger/journal_answer on pg

BEGIN;

SELECT
    made.journal_position,
    made.outcome,
    made.journal_id,
    made.recorded_at,
    made.details
FROM (SELECT (NULL::ledger.journal_answer).*) AS made
WHERE FALSE;

ROLLBACK;
