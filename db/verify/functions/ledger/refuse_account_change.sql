-- Verify pgtill:functions/ledger/refuse_account_change on pg

BEGIN;

DO $do$
DECLARE
    _function regprocedure := 'ledger.refuse_account_change()';
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
        WHERE hook.tgrelid = 'ledger.accounts'::regclass
            AND hook.tgname = 'accounts_moved_by_entries'
            AND hook.tgenabled = 'A'
            AND hook.tgfoid = _function
    ) THEN
        RAISE EXCEPTION 'ledger.accounts lacks accounts_moved_by_entries';
    END IF;
END
$do$;

ROLLBACK;
