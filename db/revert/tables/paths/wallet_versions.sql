-- Revert pgtill:tables/paths/wallet_versions from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE paths.wallet_versions;

COMMIT;
