-- Verify pgtill:schemas/wallets on pg

BEGIN;

DO $do$
BEGIN
    IF NOT has_schema_privilege('pgtill_service', 'wallets', 'usage')
        OR NOT has_schema_privilege('pgtill_operator', 'wallets', 'usage')
        OR NOT has_schema_privilege('pgtill_auditor', 'wallets', 'usage')
    THEN
        RAISE EXCEPTION 'a role cannot use schema wallets';
    END IF;
    IF has_schema_privilege('public', 'wallets', 'usage')
        OR has_schema_privilege('pgtill_service', 'wallets', 'create')
    THEN
        RAISE EXCEPTION 'schema wallets is open';
    END IF;
END
$do$;

ROLLBACK;
