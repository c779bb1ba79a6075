-- Revert pgtill:views/wallets/anomalies from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP VIEW wallets.anomalies;

COMMIT;
