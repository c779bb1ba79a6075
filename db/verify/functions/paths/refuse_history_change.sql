-- Verify pgtill:functions/paths/refuse_history_change on pg

BEGIN;

DO $do$
DECLARE
    _function regprocedure := 'paths.refuse_history_change()';
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
        WHERE hook.tgrelid = 'paths.path_nodes'::regclass
            AND hook.tgname = 'path_nodes_append_only'
            AND hook.tgenabled = 'A'
    ) THEN
        RAISE EXCEPTION 'paths.path_nodes lacks trigger path_nodes_append_only, enabled always';
    END IF;
    IF NOT EXISTS (
        SELECT FROM pg_trigger AS hook
        WHERE hook.tgrelid = 'paths.allocators'::regclass
            AND hook.tgname = 'allocators_append_only'
            AND hook.tgenabled = 'A'
    ) THEN
        RAISE EXCEPTION 'paths.allocators lacks trigger allocators_append_only, enabled always';
    END IF;
    IF NOT EXISTS (
        SELECT FROM pg_trigger AS hook
        WHERE hook.tgrelid = 'paths.operations'::regclass
            AND hook.tgname = 'operations_append_only'
            AND hook.tgenabled = 'A'
    ) THEN
        RAISE EXCEPTION 'paths.operations lacks trigger operations_append_only, enabled always';
    END IF;
    IF NOT EXISTS (
        SELECT FROM pg_trigger AS hook
        WHERE hook.tgrelid = 'paths.cross_wallet_verifications'::regclass
            AND hook.tgname = 'cross_wallet_verifications_append_only'
            AND hook.tgenabled = 'A'
    ) THEN
        RAISE EXCEPTION 'paths.cross_wallet_verifications lacks trigger cross_wallet_verifications_append_only, enabled always';
    END IF;
    IF NOT EXISTS (
        SELECT FROM pg_trigger AS hook
        WHERE hook.tgrelid = 'paths.path_registry'::regclass
            AND hook.tgname = 'path_registry_never_removed'
            AND hook.tgenabled = 'A'
    ) THEN
        RAISE EXCEPTION 'paths.path_registry lacks trigger path_registry_never_removed, enabled always';
    END IF;
    IF NOT EXISTS (
        SELECT FROM pg_trigger AS hook
        WHERE hook.tgrelid = 'paths.manufacturer_lineage'::regclass
            AND hook.tgname = 'manufacturer_lineage_never_removed'
            AND hook.tgenabled = 'A'
    ) THEN
        RAISE EXCEPTION 'paths.manufacturer_lineage lacks trigger manufacturer_lineage_never_removed, enabled always';
    END IF;
    IF NOT EXISTS (
        SELECT FROM pg_trigger AS hook
        WHERE hook.tgrelid = 'paths.transfers'::regclass
            AND hook.tgname = 'transfers_never_removed'
            AND hook.tgenabled = 'A'
    ) THEN
        RAISE EXCEPTION 'paths.transfers lacks trigger transfers_never_removed, enabled always';
    END IF;
    IF NOT EXISTS (
        SELECT FROM pg_trigger AS hook
        WHERE hook.tgrelid = 'paths.incidents'::regclass
            AND hook.tgname = 'incidents_never_removed'
            AND hook.tgenabled = 'A'
    ) THEN
        RAISE EXCEPTION 'paths.incidents lacks trigger incidents_never_removed, enabled always';
    END IF;
    IF NOT EXISTS (
        SELECT FROM pg_trigger AS hook
        WHERE hook.tgrelid = 'paths.proposals'::regclass
            AND hook.tgname = 'proposals_never_removed'
            AND hook.tgenabled = 'A'
    ) THEN
        RAISE EXCEPTION 'paths.proposals lacks trigger proposals_never_removed, enabled always';
    END IF;
    IF NOT EXISTS (
        SELECT FROM pg_trigger AS hook
        WHERE hook.tgrelid = 'paths.manufacturer_registry'::regclass
            AND hook.tgname = 'manufacturer_registry_never_removed'
            AND hook.tgenabled = 'A'
    ) THEN
        RAISE EXCEPTION 'paths.manufacturer_registry lacks trigger manufacturer_registry_never_removed, enabled always';
    END IF;
END
$do$;

ROLLBACK;
