-- Revert pgtill:views/paths/incident_overview from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP VIEW paths.incident_overview;

COMMIT;
