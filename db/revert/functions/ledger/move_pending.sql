-- Revert pgtill:functions/ledger/move_pending from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TRIGGER holds_move_pending ON ledger.holds;
DROP TRIGGER hold_endings_move_pending ON ledger.hold_endings;
DROP FUNCTION ledger.move_pending();

COMMIT;
