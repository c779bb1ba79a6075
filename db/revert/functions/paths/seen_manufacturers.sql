-- Revert pgtill:functions/paths/seen_manufacturers from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.seen_manufacturers(bigint, text);

COMMIT;
