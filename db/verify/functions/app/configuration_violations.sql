-- Verify pgtill:functions/app/configuration_violations on pg

BEGIN;

DO $do$
DECLARE
    _function regprocedure := 'app.configuration_violations(jsonb, jsonb, boolean)';
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
            AND fn.proowner = 'pgtill_owner'::regrole
    ) THEN
        RAISE EXCEPTION '% must be an invoker of pgtill_owner', _function;
    END IF;
END
$do$;

ROLLBACK;
