-- Deploy pgtill:roles/pgtill_service to pg

BEGIN;

DO $do$
BEGIN
    CREATE ROLE pgtill_service LOGIN NOINHERIT;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    RAISE NOTICE 'role pgtill_service already exists';
END
$do$;

DO $do$
BEGIN
    IF NOT pg_has_role(current_user, 'pgtill_service', 'member') THEN
        EXECUTE format('GRANT pgtill_service TO %I', current_user);
    END IF;
END
$do$;

-- On the role, not in the session: a transaction pooler keeps no session state.
ALTER ROLE pgtill_service SET lock_timeout = '1s';
ALTER ROLE pgtill_service SET statement_timeout = '5s';
ALTER ROLE pgtill_service SET idle_in_transaction_session_timeout = '5s';
ALTER ROLE pgtill_service SET jit = off;
-- Whatever the server's default: without a standby the same as on.
ALTER ROLE pgtill_service SET synchronous_commit = 'remote_apply';

COMMENT ON ROLE pgtill_service
IS 'The HTTP service. EXECUTE on listed functions, no right on any table.';

COMMIT;
