-- Revert pgtill:tables/paths/cross_wallet_verifications from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE paths.cross_wallet_verifications;

COMMIT;
