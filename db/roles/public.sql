-- Deploy pgtill:roles/public to pg

BEGIN;

-- TEMP above all: an object in pg_temp is how a definer function is fooled.
DO $do$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM public', current_database());
    EXECUTE format(
        'GRANT CONNECT ON DATABASE %I TO pgtill_service, pgtill_operator, pgtill_auditor',
        current_database()
    );
END
$do$;

REVOKE ALL ON SCHEMA public FROM public;

COMMIT;
