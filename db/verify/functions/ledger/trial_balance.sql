-- Verify pgtill:functions/ledger/trial_balance on pg

BEGIN;

DO $do$
DECLARE
    _function regprocedure := 'ledger.trial_balance(bigint, timestamptz, text, integer)';
BEGIN
    IF NOT has_function_privilege('pgtill_service', _function, 'execute') THEN
        RAISE EXCEPTION 'pgtill_service cannot execute %', _function;
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
            AND fn.prosecdef
            AND fn.proconfig @> ARRAY['search_path=pg_catalog, pg_temp']
            AND fn.proowner = 'pgtill_owner'::regrole
    ) THEN
        RAISE EXCEPTION '% must be a definer of pgtill_owner with a pinned search_path', _function;
    END IF;
END
$do$;

ROLLBACK;
