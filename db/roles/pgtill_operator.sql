-- Deploy pgtill:roles/pgtill_operator to pg

BEGIN;

DO $do$
BEGIN
    CREATE ROLE pgtill_operator LOGIN NOINHERIT;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    RAISE NOTICE 'role pgtill_operator already exists';
END
$do$;

DO $do$
BEGIN
    IF NOT pg_has_role(current_user, 'pgtill_operator', 'member') THEN
        EXECUTE format('GRANT pgtill_operator TO %I', current_user);
    END IF;
END
$do$;

ALTER ROLE pgtill_operator SET lock_timeout = '5s';
-- Whatever the server's default: without a standby the same as on.
ALTER ROLE pgtill_operator SET synchronous_commit = 'remote_apply';

COMMENT ON ROLE pgtill_operator
IS 'People and their CLI. EXECUTE on operations, SELECT on views.';

COMMIT;
