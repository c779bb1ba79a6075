-- Verify pgtill:tables/wallets/audit_events on pg

BEGIN;

SELECT
    resource_id,
    sequence,
    action,
    user_id,
    resource_type,
    details,
    created_at
FROM wallets.audit_events
WHERE FALSE;

DO $do$
DECLARE
    _missing text;
BEGIN
    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'audit_events_action_known',
        'audit_events_details_object',
        'audit_events_pk',
        'audit_events_registered_first',
        'audit_events_resource_type_known',
        'audit_events_wallet_fk'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint AS rule
        WHERE rule.conrelid = 'wallets.audit_events'::regclass
            AND rule.conname = wanted.name
            AND rule.convalidated
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'wallets.audit_events lacks constraints: %', _missing;
    END IF;

    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'wallets.audit_events', 'select, insert, update, references')
            OR has_table_privilege(role, 'wallets.audit_events', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner has a right on wallets.audit_events';
    END IF;
END
$do$;

ROLLBACK;
