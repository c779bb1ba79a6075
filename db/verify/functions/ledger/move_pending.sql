-- Verify pgtill:functions/ledger/move_pending on pg

BEGIN;

DO $do$
DECLARE
    _function regprocedure := 'ledger.move_pending()';
BEGIN
    IF has_function_privilege('pgtill_service', _function, 'execute') THEN
        RAISE EXCEPTION 'pgtill_service can execute %', _function;
    END IF;
    IF has_function_privilege('pgtill_operator', _function, 'execute') THEN
        RAISE EXCEPTION 'pgtill_operator can execute %', _function;
    END IF;
    IF has_function_privilege('pgtill_auditor', _function, 'execute') THEN
        RAISE EXCEPTION 'pgtill_auditor can execute %', _function;
    END IF;
    IF has_function_privilege('public', _function, 'execute') THEN
        RAISE EXCEPTION 'anybody can execute %', _function;
    END IF;
    IF NOT EXISTS (
        SELECT FROM pg_trigger AS hook
        WHERE hook.tgrelid = 'ledger.holds'::regclass
            AND hook.tgname = 'holds_move_pending'
            AND hook.tgenabled = 'A'
            AND hook.tgfoid = _function
    ) THEN
        RAISE EXCEPTION 'ledger.holds lacks holds_move_pending';
    END IF;
    IF NOT EXISTS (
        SELECT FROM pg_trigger AS hook
        WHERE hook.tgrelid = 'ledger.hold_endings'::regclass
            AND hook.tgname = 'hold_endings_move_pending'
            AND hook.tgenabled = 'A'
            AND hook.tgfoid = _function
    ) THEN
        RAISE EXCEPTION 'ledger.hold_endings lacks hold_endings_move_pending';
    END IF;
END
$do$;

ROLLBACK;
