-- Revert pgtill:functions/paths/advance_transfer from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.advance_transfer(paths.transfers, integer);

COMMIT;
