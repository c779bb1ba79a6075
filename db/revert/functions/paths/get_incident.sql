-- Revert pgtill:functions/paths/get_incident from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.get_incident(bigint, text, text);

COMMIT;
