-- Verify pgtill:tables/app/networks on pg

BEGIN;

SELECT
    chain,
    network,
    chain_id,
    is_mainnet,
    is_allowed
FROM app.networks
WHERE FALSE;

DO $do$
DECLARE
    _missing text;
BEGIN
    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'networks_chain_id_only_on_ethereum',
        'networks_chain_id_positive',
        'networks_chain_id_unique',
        'networks_chain_shape',
        'networks_is_allowed_unique',
        'networks_network_shape',
        'networks_pk'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint AS rule
        WHERE rule.conrelid = 'app.networks'::regclass
            AND rule.conname = wanted.name
            AND rule.convalidated
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'app.networks lacks constraints: %', _missing;
    END IF;

    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'app.networks', 'select, insert, update, references')
            OR has_table_privilege(role, 'app.networks', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner has a right on app.networks';
    END IF;
END
$do$;

ROLLBACK;
