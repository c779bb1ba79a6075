-- Revert pgtill:functions/paths/finish_transfer from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.finish_transfer(paths.transfers);

COMMIT;
