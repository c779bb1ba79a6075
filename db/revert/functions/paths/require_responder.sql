-- Revert pgtill:functions/paths/require_responder from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.require_responder(bigint, text, integer, integer);

COMMIT;
