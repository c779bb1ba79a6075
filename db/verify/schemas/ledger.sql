-- Verify pgtill:schemas/ledger on pg

BEGIN;

DO $do$
BEGIN
    IF NOT has_schema_privilege('pgtill_service', 'ledger', 'usage')
        OR NOT has_schema_privilege('pgtill_operator', 'ledger', 'usage')
        OR NOT has_schema_privilege('pgtill_auditor', 'ledger', 'usage')
    THEN
        RAISE EXCEPTION 'a role cannot use schema ledger';
    END IF;
    IF has_schema_privilege('public', 'ledger', 'usage')
        OR has_schema_privilege('pgtill_service', 'ledger', 'create')
    THEN
        RAISE EXCEPTION 'schema ledger is open';
    END IF;
END
$do$;

ROLLBACK;
