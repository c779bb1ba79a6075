-- Verify pgtill:functions/app/notify_catalog_changed on pg

BEGIN;

DO $do$
DECLARE
    _function regprocedure := 'app.notify_catalog_changed()';
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
        WHERE hook.tgrelid = 'app.asset_catalog'::regclass
            AND hook.tgname = 'asset_catalog_changed'
            AND hook.tgenabled = 'O'
            AND hook.tgfoid = _function
    ) THEN
        RAISE EXCEPTION 'app.asset_catalog lacks asset_catalog_changed';
    END IF;
END
$do$;

ROLLBACK;
