-- Verify pgtill:functions/paths/refuse_path_change on pg

BEGIN;

DO $do$
DECLARE
    _function regprocedure := 'paths.refuse_path_change()';
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
        WHERE hook.tgrelid = 'paths.path_registry'::regclass
            AND hook.tgname = 'path_registry_keeps_its_name'
            AND hook.tgenabled = 'A'
    ) THEN
        RAISE EXCEPTION 'paths.path_registry lacks trigger path_registry_keeps_its_name, enabled always';
    END IF;
END
$do$;

ROLLBACK;
