-- Revert pgtill:functions/app/gap_report from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION app.gap_report();

COMMIT;
