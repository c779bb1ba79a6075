-- Deploy pgtill:functions/identity/list_users to pg
-- requires: tables/identity/organization_members

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION identity.list_users(organization_id text)
RETURNS TABLE (user_id text, email text, role text, created_at timestamptz)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT
        person.public_id AS user_id,
        person.email,
        member.role,
        member.created_at
    FROM identity.organizations AS organization
    INNER JOIN identity.organization_members AS member ON organization.id = member.organization_id
    INNER JOIN identity.users AS person ON member.user_id = person.id
    WHERE organization.public_id = list_users.organization_id
    ORDER BY person.email COLLATE pg_catalog."C";
END;

COMMENT ON FUNCTION identity.list_users(text)
IS 'Answer the members of an organization, by email; none of an unknown organization.';

GRANT EXECUTE ON FUNCTION identity.list_users(text) TO pgtill_operator;

COMMIT;
