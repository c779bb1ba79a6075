-- Verify pgtill:functions/ledger/begin_chain on pg

BEGIN;

DO $do$
DECLARE
    _function regprocedure := 'ledger.begin_chain()';
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
            AND hook.tgname = 'accounts_begin_chain'
            AND hook.tgenabled = 'A'
            AND hook.tgfoid = _function
    ) THEN
        RAISE EXCEPTION 'ledger.accounts lacks accounts_begin_chain';
    END IF;
END
$do$;

ROLLBACK;
