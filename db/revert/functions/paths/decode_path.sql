-- Revert pgtill:functions/paths/decode_path from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.decode_path(integer, text);

COMMIT;
