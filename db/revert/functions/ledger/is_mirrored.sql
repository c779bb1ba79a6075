-- Revert pgtill:functions/ledger/is_mirrored from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.is_mirrored(bigint, bigint);

COMMIT;
