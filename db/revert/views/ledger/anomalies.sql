-- Revert pgtill:views/ledger/anomalies from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP VIEW ledger.anomalies;

COMMIT;
