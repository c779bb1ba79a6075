-- Deploy pgtill:roles/pgtill_owner to pg

BEGIN;

-- Roles outlive databases, so tolerate one that is already there; two deployments may meet.
DO $do$
BEGIN
    CREATE ROLE pgtill_owner NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    RAISE NOTICE 'role pgtill_owner already exists';
END
$do$;

-- Who deploys must be able to act as the owner; a superuser already can.
DO $do$
BEGIN
    IF NOT pg_has_role(current_user, 'pgtill_owner', 'member') THEN
        EXECUTE format('GRANT pgtill_owner TO %I', current_user);
    END IF;
END
$do$;

-- Not IN SCHEMA: a per-schema revoke cannot take away the built-in grant to PUBLIC.
ALTER DEFAULT PRIVILEGES FOR ROLE pgtill_owner REVOKE EXECUTE ON FUNCTIONS FROM public;

COMMENT ON ROLE pgtill_owner
IS 'Owns every object of pgtill. Nobody logs in as it; deployments act as it.';

COMMIT;
