-- Revert pgtill:functions/paths/require_member from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.require_member(bigint, text);

COMMIT;
