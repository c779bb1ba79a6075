-- Revert pgtill:functions/paths/require_owner from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.require_owner(bigint, text, integer, integer);

COMMIT;
