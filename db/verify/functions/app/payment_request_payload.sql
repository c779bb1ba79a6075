-- Verify pgtill:functions/app/payment_request_payload on pg

BEGIN;

DO $do$
DECLARE
    _function regprocedure := 'app.payment_request_payload(app.payment_requests)';
BEGIN
    IF has_function_privilege('pgtill_service', _function, 'execute') THEN
        RAISE EXCEPTION 'pgtill_service can execute %', _function;
    END IF;
    IF NOT has_function_privilege('pgtill_operator', _function, 'execute') THEN
        RAISE EXCEPTION 'pgtill_operator cannot execute %', _function;
    END IF;
    IF NOT has_function_privilege('pgtill_auditor', _function, 'execute') THEN
        RAISE EXCEPTION 'pgtill_auditor cannot execute %', _function;
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
