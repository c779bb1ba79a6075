-- Revert pgtill:views/paths/anomalies from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP VIEW paths.anomalies;

COMMIT;
