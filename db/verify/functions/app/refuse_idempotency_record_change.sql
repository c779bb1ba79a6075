-- Verify pgtill:functions/app/refuse_idempotency_record_change on pg

BEGIN;

DO $do$
DECLARE
    _function regprocedure := 'app.refuse_idempotency_record_change()';
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
        SELECT FROM pg_proc AS fn
        WHERE fn.oid = _function
            AND NOT fn.prosecdef
            AND fn.proconfig @> ARRAY['search_path=pg_catalog, pg_temp']
            AND fn.proowner = 'pgtill_owner'::regrole
    ) THEN
        RAISE EXCEPTION '% must be an invoker of pgtill_owner with a pinned search_path', _function;
    END IF;
    IF NOT EXISTS (
        SELECT FROM pg_trigger AS hook
        WHERE hook.tgrelid = 'app.idempotency_records'::regclass
            AND hook.tgname = 'idempotency_records_append_only'
            AND hook.tgenabled = 'A'
            AND hook.tgfoid = _function
    ) THEN
        RAISE EXCEPTION 'app.idempotency_records lacks idempotency_records_append_only';
    END IF;
END
$do$;

ROLLBACK;
