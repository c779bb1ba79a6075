-- Verify pgtill:schemas/identity on pg

BEGIN;

DO $do$
BEGIN
    IF NOT has_schema_privilege('pgtill_service', 'identity', 'usage')
        OR NOT has_schema_privilege('pgtill_operator', 'identity', 'usage')
        OR NOT has_schema_privilege('pgtill_auditor', 'identity', 'usage')
    THEN
        RAISE EXCEPTION 'a role cannot use schema identity';
    END IF;
    IF has_schema_privilege('public', 'identity', 'usage')
        OR has_schema_privilege('pgtill_service', 'identity', 'create')
    THEN
        RAISE EXCEPTION 'schema identity is open';
    END IF;
END
$do$;

ROLLBACK;
