-- Revert pgtill:functions/ledger/hold_image from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.hold_image(ledger.holds, ledger.hold_endings);

COMMIT;
