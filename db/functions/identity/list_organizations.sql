-- Deploy pgtill:functions/identity/list_organizations to pg
-- requires: tables/identity/api_keys

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION identity.list_organizations()
RETURNS TABLE (organization_id text, name text, good_key_count bigint, created_at timestamptz)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT
        organization.public_id AS organization_id,
        organization.name,
        (
            SELECT count(*)
            FROM identity.api_keys AS api_key
            WHERE api_key.organization_id = organization.id AND api_key.revoked_at IS NULL
        ) AS good_key_count,
        organization.created_at
    FROM identity.organizations AS organization
    ORDER BY organization.name COLLATE pg_catalog."C";
END;

COMMENT ON FUNCTION identity.list_organizations()
IS 'Answer every organization with the number of its keys that are not revoked, by name.';

GRANT EXECUTE ON FUNCTION identity.list_organizations() TO pgtill_operator;

COMMIT;
