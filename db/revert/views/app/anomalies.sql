-- Revert pgtill:views/app/anomalies from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP VIEW app.anomalies;

COMMIT;
