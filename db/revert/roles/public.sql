-- Revert pgtill:roles/public from pg

BEGIN;

GRANT USAGE ON SCHEMA public TO public;

DO $do$
BEGIN
    EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO public', current_database());
    EXECUTE format(
        'REVOKE CONNECT ON DATABASE %I FROM pgtill_service, pgtill_operator, pgtill_auditor',
        current_database()
    );
END
$do$;

COMMIT;
