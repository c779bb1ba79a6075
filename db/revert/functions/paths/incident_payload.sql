-- Revert pgtill:functions/paths/incident_payload from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.incident_payload(paths.incidents, bigint, text);

COMMIT;
