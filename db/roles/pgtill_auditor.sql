-- Deploy pgtill:roles/pgtill_auditor to pg

BEGIN;

DO $do$
BEGIN
    CREATE ROLE pgtill_auditor LOGIN NOINHERIT;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    RAISE NOTICE 'role pgtill_auditor already exists';
END
$do$;

ALTER ROLE pgtill_auditor SET default_transaction_read_only = on;

COMMENT ON ROLE pgtill_auditor
IS 'Reads views, changes nothing.';

COMMIT;
