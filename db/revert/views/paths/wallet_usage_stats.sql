-- Revert pgtill:views/paths/wallet_usage_stats from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP VIEW paths.wallet_usage_stats;

COMMIT;
