-- Verify pgtill:schemas/paths on pg

BEGIN;

DO $do$
BEGIN
    IF NOT has_schema_privilege('pgtill_service', 'paths', 'usage')
        OR NOT has_schema_privilege('pgtill_operator', 'paths', 'usage')
        OR NOT has_schema_privilege('pgtill_auditor', 'paths', 'usage')
    THEN
        RAISE EXCEPTION 'a role cannot use schema paths';
    END IF;
    IF has_schema_privilege('public', 'paths', 'usage')
        OR has_schema_privilege('pgtill_service', 'paths', 'create')
    THEN
        RAISE EXCEPTION 'schema paths is open';
    END IF;
END
$do$;

ROLLBACK;
