-- Verify pgtill:roles/pgtill_owner on pg

BEGIN;

-- Division by zero says that the role is missing, or is not as it should be.
SELECT 1 / count(*)
FROM pg_roles AS role
WHERE
    role.rolname = 'pgtill_owner'
    AND NOT role.rolcanlogin
    AND NOT role.rolsuper
    AND NOT role.rolcreaterole
    AND NOT role.rolcreatedb
    AND NOT role.rolbypassrls;

-- What it owns, of all schemas at once, as far as it is deployed: owners, columns, search paths.
-- The scripts of tables and functions ask for everything else.
SET LOCAL search_path = pg_catalog;

DO $do$
DECLARE
    _ours text[] := ARRAY['app', 'identity', 'ledger', 'paths', 'wallets'];
    _problems text;
BEGIN
    WITH
    owned AS (
        SELECT space.oid::regnamespace::text AS name, space.nspowner AS owner, space.oid AS space
        FROM pg_namespace AS space
        UNION ALL
        SELECT class.oid::regclass::text, class.relowner, class.relnamespace
        FROM pg_class AS class
        WHERE class.relkind NOT IN ('i', 'I', 't')
        UNION ALL
        SELECT fn.oid::regprocedure::text, fn.proowner, fn.pronamespace
        FROM pg_proc AS fn
        UNION ALL
        SELECT kind.oid::regtype::text, kind.typowner, kind.typnamespace
        FROM pg_type AS kind
    ),

    fields AS (
        SELECT
            format('%s.%s.%s', space.nspname, class.relname, field.attname) AS name,
            field.*,
            pg_get_expr(value.adbin, value.adrelid) AS value
        FROM pg_attribute AS field
        INNER JOIN pg_class AS class ON class.oid = field.attrelid AND class.relkind IN ('r', 'p')
        INNER JOIN pg_namespace AS space ON space.oid = class.relnamespace
        LEFT JOIN pg_attrdef AS value ON value.adrelid = field.attrelid AND value.adnum = field.attnum
        WHERE space.nspname = ANY (_ours) AND field.attnum > 0 AND NOT field.attisdropped
    ),

    problems AS (
        SELECT format('%s is not of pgtill_owner', owned.name) AS problem
        FROM owned
        WHERE owned.space::regnamespace::text = ANY (_ours) AND owned.owner <> 'pgtill_owner'::regrole

        UNION ALL

        -- Every column is NOT NULL, but these.
        SELECT format('%s may be NULL', field.name)
        FROM fields AS field
        WHERE NOT field.attnotnull AND field.name <> ALL (ARRAY[
            'app.asset_catalog.chain_id',
            'app.asset_catalog.needs_active',
            'app.asset_catalog.token_contract',
            'app.asset_catalog.token_decimals',
            'app.asset_catalog.token_standard',
            'app.networks.chain_id',
            'app.payment_requests.chain_id',
            'app.payment_requests.expected_amount_minor',
            'app.payment_requests.token_contract',
            'app.payment_requests.token_decimals',
            'app.payment_requests.token_standard',
            'app.wallet_accounts.key_material_hash',
            'app.wallet_accounts.key_material_hash_algo',
            'app.wallet_accounts.parent_key_digest',
            'identity.api_keys.revoked_at',
            'identity.api_keys.user_id',
            'ledger.accounts.ceiling',
            'ledger.accounts.floor',
            'ledger.accounts.posted_at',
            'ledger.chart_of_accounts.suffix',
            'ledger.entries.chain_hash',
            'ledger.hold_endings.idempotency_key',
            'ledger.hold_endings.journal_key',
            'ledger.hold_endings.request_hash',
            'ledger.holds.payment_reference',
            'ledger.journals.payment_reference',
            'ledger.journals.reverses',
            'paths.manufacturer_lineage.predecessor_index',
            'paths.manufacturer_lineage.predecessor_wallet',
            'paths.manufacturer_path_schemas.gs1_mapping',
            'paths.manufacturer_path_schemas.level_description',
            'paths.manufacturer_path_schemas.sort_order',
            'paths.manufacturer_registry.organization_id',
            'paths.manufacturer_registry.public_key',
            'paths.manufacturer_registry.registered_by',
            'paths.manufacturer_registry.transfer_completed_at',
            'paths.manufacturer_registry.transferred_from_wallet',
            'paths.operations.idempotency_key',
            'paths.operations.organization_id',
            'paths.operations.request_hash',
            'paths.operations.subject',
            'paths.operations.user_id',
            'paths.operations.wallet_version',
            'paths.path_level_values.gs1_code',
            'paths.path_level_values.sku_reference',
            'paths.path_level_values.value_description',
            'paths.path_nodes.parent_path',
            'paths.path_registry.completed_at',
            'paths.path_registry.purpose',
            'paths.path_registry.retired_at',
            'paths.path_registry.transferred_at',
            'paths.path_registry.transferred_to_path',
            'paths.path_registry.transferred_to_wallet',
            'paths.proposals.decided_at',
            'paths.proposals.decided_by',
            'paths.proposals.result',
            'paths.super_admins.revoked_at',
            'paths.super_admins.revoked_by',
            'paths.transfers.base_path',
            'paths.transfers.completed_at',
            'paths.transfers.incident_id',
            'paths.transfers.resume_after',
            'paths.wallet_versions.compromised_at',
            'paths.wallet_versions.deactivated_at',
            'paths.wallet_versions.description',
            'paths.wallet_versions.retired_at',
            'wallets.wallet_registry.idempotency_key',
            'wallets.wallet_registry.provider_customer_id'
        ])

        UNION ALL

        SELECT format('%s is no identity', field.name)
        FROM fields AS field
        WHERE field.attidentity <> 'a' AND field.name = ANY (ARRAY[
            'identity.organizations.id',
            'identity.users.id',
            'ledger.accounts.id',
            'ledger.hold_links.place',
            'ledger.holds.id',
            'ledger.journals.id',
            'paths.cross_wallet_verifications.id',
            'paths.incidents.id',
            'paths.manufacturer_lineage.id',
            'paths.operations.id',
            'paths.proposals.id',
            'paths.transfers.id',
            'wallets.wallet_registry.id'
        ])

        UNION ALL

        SELECT format('%s is not generated', field.name)
        FROM fields AS field
        WHERE field.attgenerated <> 's' AND field.name = ANY (ARRAY[
            'app.asset_catalog.needs_active',
            'app.wallet_accounts.network_is_allowed',
            'ledger.accounts.normal_side',
            'ledger.hold_endings.journal_key',
            'paths.path_nodes.parent_kind',
            'paths.path_registry.allocated_range_end',
            'paths.path_registry.hd_derivation_prefix',
            'paths.path_registry.manufacturer_index',
            'paths.path_registry.node_kind',
            'paths.transfers.completion_percentage'
        ])

        UNION ALL

        SELECT format('%s has not DEFAULT %s', field.name, wanted.value)
        FROM (
            VALUES
            ('app.asset_catalog.approved_at', 'now()'),
            ('app.asset_catalog.created_at', 'now()'),
            ('app.asset_catalog.default_expires_in_seconds', '3600'),
            ('app.asset_catalog.enabled', 'true'),
            ('app.asset_catalog.updated_at', 'now()'),
            ('app.idempotency_records.created_at', 'now()'),
            ('app.idempotency_records.hash_algorithm', '''sha256''::text'),
            ('app.networks.is_allowed', 'false'),
            ('app.payment_requests.created_at', 'now()'),
            ('app.payment_requests.metadata', '''{}''::jsonb'),
            ('app.payment_requests.status', '''pending''::text'),
            ('app.wallet_account_sync_events.created_at', 'now()'),
            ('app.wallet_account_sync_events.details', '''{}''::jsonb'),
            ('app.wallet_account_sync_events.key_material_hash_algo', '''hmac-sha256''::text'),
            ('app.wallet_accounts.created_at', 'now()'),
            ('app.wallet_accounts.derivation_path_template', '''0/{index}''::text'),
            ('app.wallet_accounts.is_active', 'true'),
            ('app.wallet_accounts.next_index', '0'),
            ('app.wallet_accounts.updated_at', 'now()'),
            ('identity.api_keys.created_at', 'now()'),
            ('identity.organization_members.created_at', 'now()'),
            ('identity.organizations.created_at', 'now()'),
            ('identity.organizations.public_id', 'identity.random_id(''org_''::text)'),
            ('identity.signing_secrets.created_at', 'now()'),
            ('identity.users.created_at', 'now()'),
            ('identity.users.public_id', 'identity.random_id(''usr_''::text)'),
            ('ledger.accounts.balance', '0'),
            ('ledger.accounts.created_at', 'now()'),
            ('ledger.accounts.pending_in', '0'),
            ('ledger.accounts.pending_out', '0'),
            ('ledger.accounts.public_id', 'identity.random_id(''acc_''::text)'),
            ('ledger.accounts.version', '0'),
            ('ledger.daily_balances.created_at', 'now()'),
            ('ledger.hold_endings.recorded_at', 'clock_timestamp()'),
            ('ledger.holds.created_at', 'clock_timestamp()'),
            ('ledger.holds.public_id', 'identity.random_id(''hold_''::text)'),
            ('paths.cross_wallet_verifications.verified_at', 'now()'),
            ('paths.incidents.public_id', 'identity.random_id(''inc_''::text)'),
            ('paths.incidents.reported_at', 'now()'),
            ('paths.incidents.steps', '''[]''::jsonb'),
            ('paths.manufacturer_lineage.assignment_date', 'now()'),
            ('paths.manufacturer_lineage.completion_percentage', '100'),
            ('paths.manufacturer_lineage.status', '''active''::text'),
            ('paths.manufacturer_path_schemas.created_at', 'now()'),
            ('paths.manufacturer_path_schemas.is_required', 'true'),
            ('paths.manufacturer_path_schemas.updated_at', 'now()'),
            ('paths.manufacturer_registry.key_delegation_level', '''none''::text'),
            ('paths.manufacturer_registry.registered_at', 'now()'),
            ('paths.manufacturer_registry.status', '''active''::text'),
            ('paths.operations.created_at', 'now()'),
            ('paths.path_level_values.created_at', 'now()'),
            ('paths.path_level_values.is_active', 'true'),
            ('paths.path_level_values.updated_at', 'now()'),
            ('paths.path_registry.allocated_at', 'now()'),
            ('paths.path_registry.allocated_range_start', '1'),
            ('paths.path_registry.allocation_type', '''production''::text'),
            ('paths.path_registry.status', '''active''::text'),
            ('paths.proposals.proposed_at', 'now()'),
            ('paths.proposals.public_id', 'identity.random_id(''prp_''::text)'),
            ('paths.proposals.status', '''proposed''::text'),
            ('paths.super_admins.granted_at', 'now()'),
            ('paths.transfers.opened_at', 'now()'),
            ('paths.transfers.paths_moved', '0'),
            ('paths.transfers.public_id', 'identity.random_id(''trf_''::text)'),
            ('paths.transfers.status', '''transferring''::text'),
            ('paths.transfers.target_status', '''active''::text'),
            ('paths.wallet_health_metrics.allocations_count', '0'),
            ('paths.wallet_health_metrics.average_response_time_ms', '0'),
            ('paths.wallet_health_metrics.error_count', '0'),
            ('paths.wallet_health_metrics.metric_date', '((now() AT TIME ZONE ''UTC''::text))::date'),
            ('paths.wallet_health_metrics.verifications_count', '0'),
            ('paths.wallet_versions.created_at', 'now()'),
            ('paths.wallet_versions.current_daily_allocations', '0'),
            ('paths.wallet_versions.daily_allocation_limit', '1000000'),
            ('paths.wallet_versions.environment', '''production''::text'),
            ('paths.wallet_versions.is_default', 'false'),
            ('paths.wallet_versions.last_reset_date', '((now() AT TIME ZONE ''UTC''::text))::date'),
            ('paths.wallet_versions.security_level', '''standard''::text'),
            ('paths.wallet_versions.status', '''active''::text'),
            ('wallets.audit_events.created_at', 'now()'),
            ('wallets.audit_events.resource_type', '''wallet_registry''::text'),
            ('wallets.wallet_idempotency_keys.created_at', 'now()'),
            ('wallets.wallet_registry.created_at', 'now()'),
            ('wallets.wallet_registry.external_id', 'wallets.make_wallet_id()'),
            ('wallets.wallet_registry.is_active', 'true'),
            ('wallets.wallet_registry.metadata', '''{}''::jsonb'),
            ('wallets.wallet_registry.updated_at', 'now()')
        ) AS wanted (name, value)
        INNER JOIN fields AS field ON field.name = wanted.name
        WHERE field.value IS DISTINCT FROM wanted.value

        UNION ALL

        -- Definers have it, and these.
        SELECT format('%s has lost its search_path', fn.oid::regprocedure)
        FROM pg_proc AS fn
        WHERE fn.pronamespace::regnamespace::text = ANY (_ours)
            AND (
                fn.prosecdef
                OR format('%s.%s', fn.pronamespace::regnamespace, fn.proname) = ANY (ARRAY[
                    'app.activate_wallet_account',
                    'app.chain_sync_event',
                    'app.eip55_checksum',
                    'app.insert_allocations',
                    'app.keccak256',
                    'app.notify_catalog_changed',
                    'app.refuse_cursor_rewind',
                    'app.refuse_idempotency_record_change',
                    'app.refuse_key_change',
                    'app.refuse_payment_request_change',
                    'app.refuse_sync_event_change',
                    'app.refuse_used_key',
                    'ledger.refuse_account_change',
                    'ledger.refuse_change',
                    'paths.add_manufacturer',
                    'paths.advance_transfer',
                    'paths.assign_lineage',
                    'paths.carry_out_proposal',
                    'paths.complete_lineage',
                    'paths.compromise_wallet',
                    'paths.count_allocations',
                    'paths.create_wallet_version',
                    'paths.evacuate_manufacturer',
                    'paths.find_answer',
                    'paths.find_target_index',
                    'paths.finish_transfer',
                    'paths.lock_path',
                    'paths.lock_proposal',
                    'paths.lock_wallet',
                    'paths.lock_wallets',
                    'paths.move_path',
                    'paths.move_paths',
                    'paths.open_transfer',
                    'paths.place_paths',
                    'paths.refuse_history_change',
                    'paths.refuse_path_change',
                    'paths.refuse_wallet_version_change',
                    'paths.require_member',
                    'paths.require_owner',
                    'paths.require_responder',
                    'paths.require_super_admin',
                    'paths.reserve_node',
                    'paths.set_default_wallet',
                    'paths.set_wallet_status',
                    'paths.try_batch',
                    'paths.try_to_allocate',
                    'wallets.change_wallet',
                    'wallets.insert_registrations',
                    'wallets.refuse_change',
                    'wallets.refuse_wallet_change'
                ])
            )
            AND (fn.proconfig @> ARRAY['search_path=pg_catalog, pg_temp']) IS NOT TRUE
    )

    SELECT string_agg(found.problem, ', ' ORDER BY found.problem)
    INTO _problems
    FROM problems AS found;
    IF _problems IS NOT NULL THEN
        RAISE EXCEPTION 'not as deployed: %', _problems;
    END IF;
END
$do$;

ROLLBACK;
