-- Verify pgtill:roles/public on pg

BEGIN;

DO $do$
BEGIN
    IF has_database_privilege('public', current_database(), 'connect, temporary, create')
        OR has_schema_privilege('public', 'public', 'usage, create')
    THEN
        RAISE EXCEPTION 'PUBLIC has rights in this database';
    END IF;
    IF has_database_privilege('pgtill_service', current_database(), 'temporary, create')
        OR NOT has_database_privilege('pgtill_service', current_database(), 'connect')
    THEN
        RAISE EXCEPTION 'pgtill_service must connect, and make nothing temporary';
    END IF;
END
$do$;

ROLLBACK;
