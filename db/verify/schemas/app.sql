-- Verify pgtill:schemas/app on pg

BEGIN;

DO $do$
BEGIN
    IF NOT has_schema_privilege('pgtill_service', 'app', 'usage')
        OR NOT has_schema_privilege('pgtill_operator', 'app', 'usage')
        OR NOT has_schema_privilege('pgtill_auditor', 'app', 'usage')
    THEN
        RAISE EXCEPTION 'a role cannot use schema app';
    END IF;
    IF has_schema_privilege('public', 'app', 'usage')
        OR has_schema_privilege('pgtill_service', 'app', 'create')
    THEN
        RAISE EXCEPTION 'schema app is open';
    END IF;
END
$do$;

ROLLBACK;
