-- Revert pgtill:tables/paths/wallet_health_metrics from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE paths.wallet_health_metrics;

COMMIT;
