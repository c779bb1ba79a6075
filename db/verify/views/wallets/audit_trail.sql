-- Verify pgtill:views/wallets/audit_trail on pg

BEGIN;

SELECT
    action,
    user_id,
    resource_type,
    resource_id,
    sequence,
    details,
    created_at
FROM wallets.audit_trail
WHERE FALSE;

DO $do$
BEGIN
    IF NOT has_table_privilege('pgtill_operator', 'wallets.audit_trail', 'select')
        OR NOT has_table_privilege('pgtill_auditor', 'wallets.audit_trail', 'select')
    THEN
        RAISE EXCEPTION 'operators or auditors cannot read wallets.audit_trail';
    END IF;
    IF has_table_privilege('pgtill_service', 'wallets.audit_trail', 'select') THEN
        RAISE EXCEPTION 'pgtill_service can read wallets.audit_trail';
    END IF;
    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'wallets.audit_trail', 'insert, update, references')
            OR has_table_privilege(role, 'wallets.audit_trail', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner can write to wallets.audit_trail';
    END IF;
END
$do$;

ROLLBACK;
