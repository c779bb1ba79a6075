-- Revert pgtill:functions/ledger/version_at from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.version_at(bigint, bigint, timestamptz);

COMMIT;
