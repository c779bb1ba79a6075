-- Verify pgtill:functions/paths/refuse_wallet_version_change on pg

BEGIN;

DO $do$
DECLARE
    _function regprocedure := 'paths.refuse_wallet_version_change()';
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
        WHERE hook.tgrelid = 'paths.wallet_versions'::regclass
            AND hook.tgname = 'wallet_versions_keep_their_id'
            AND hook.tgenabled = 'A'
    ) THEN
        RAISE EXCEPTION 'paths.wallet_versions lacks trigger wallet_versions_keep_their_id, enabled always';
    END IF;
    IF NOT EXISTS (
        SELECT FROM pg_trigger AS hook
        WHERE hook.tgrelid = 'paths.wallet_versions'::regclass
            AND hook.tgname = 'wallet_versions_never_removed'
            AND hook.tgenabled = 'A'
    ) THEN
        RAISE EXCEPTION 'paths.wallet_versions lacks trigger wallet_versions_never_removed, enabled always';
    END IF;
END
$do$;

ROLLBACK;
