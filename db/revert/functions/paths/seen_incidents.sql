-- Revert pgtill:functions/paths/seen_incidents from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.seen_incidents(bigint, text);

COMMIT;
