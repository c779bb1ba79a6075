-- Verify pgtill:tables/paths/path_nodes on pg

BEGIN;

SELECT
    wallet_version,
    base_path,
    parent_path,
    component,
    kind,
    parent_kind
FROM paths.path_nodes
WHERE FALSE;

DO $do$
DECLARE
    _missing text;
BEGIN
    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'path_nodes_component_range',
        'path_nodes_kind_known',
        'path_nodes_parent_fk',
        'path_nodes_path_is_concatenation',
        'path_nodes_path_length',
        'path_nodes_pk',
        'path_nodes_place_unique',
        'path_nodes_root_is_branch'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint AS rule
        WHERE rule.conrelid = 'paths.path_nodes'::regclass
            AND rule.conname = wanted.name
            AND rule.convalidated
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'paths.path_nodes lacks constraints: %', _missing;
    END IF;

    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'paths.path_nodes', 'select, insert, update, references')
            OR has_table_privilege(role, 'paths.path_nodes', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner has a right on paths.path_nodes';
    END IF;
END
$do$;

ROLLBACK;
