-- Revert pgtill:functions/paths/transfer_path from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.transfer_path(bigint, text, text, text, integer, text, integer, text);

COMMIT;
