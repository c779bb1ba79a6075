-- Verify pgtill:functions/ledger/refuse_change on pg

BEGIN;

DO $do$
DECLARE
    _function regprocedure := 'ledger.refuse_change()';
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
        WHERE hook.tgrelid = 'ledger.currencies'::regclass
            AND hook.tgname = 'currencies_append_only'
            AND hook.tgenabled = 'A'
            AND hook.tgfoid = _function
    ) THEN
        RAISE EXCEPTION 'ledger.currencies lacks currencies_append_only';
    END IF;
    IF NOT EXISTS (
        SELECT FROM pg_trigger AS hook
        WHERE hook.tgrelid = 'ledger.accounts'::regclass
            AND hook.tgname = 'accounts_append_only'
            AND hook.tgenabled = 'A'
            AND hook.tgfoid = _function
    ) THEN
        RAISE EXCEPTION 'ledger.accounts lacks accounts_append_only';
    END IF;
    IF NOT EXISTS (
        SELECT FROM pg_trigger AS hook
        WHERE hook.tgrelid = 'ledger.journals'::regclass
            AND hook.tgname = 'journals_append_only'
            AND hook.tgenabled = 'A'
            AND hook.tgfoid = _function
    ) THEN
        RAISE EXCEPTION 'ledger.journals lacks journals_append_only';
    END IF;
    IF NOT EXISTS (
        SELECT FROM pg_trigger AS hook
        WHERE hook.tgrelid = 'ledger.entries'::regclass
            AND hook.tgname = 'entries_append_only'
            AND hook.tgenabled = 'A'
            AND hook.tgfoid = _function
    ) THEN
        RAISE EXCEPTION 'ledger.entries lacks entries_append_only';
    END IF;
END
$do$;

ROLLBACK;
