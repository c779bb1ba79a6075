-- Revert pgtill:functions/ledger/get_hold from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.get_hold(bigint, text);

COMMIT;
