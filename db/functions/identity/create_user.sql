-- Deploy pgtill:functions/identity/create_user to pg
-- requires: tables/identity/organization_members

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION identity.create_user(organization_id text, email text, role text)
RETURNS TABLE (user_id text, created_at timestamptz)
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _email text := lower(btrim(create_user.email));
    _organization_id bigint;
BEGIN
    SELECT organization.id
    INTO _organization_id
    FROM identity.organizations AS organization
    WHERE organization.public_id = create_user.organization_id;

    IF NOT FOUND THEN
        RAISE EXCEPTION 'organization does not exist'
            USING
                ERRCODE = 'TL901',
                DETAIL = format('organization_id is %L', create_user.organization_id);
    END IF;

    INSERT INTO identity.users AS person (email)
    VALUES (_email)
    ON CONFLICT ON CONSTRAINT users_email_unique DO NOTHING;

    RETURN QUERY
    WITH joined AS (
        INSERT INTO identity.organization_members AS member (organization_id, user_id, role)
        SELECT _organization_id, person.id, create_user.role
        FROM identity.users AS person
        WHERE person.email = _email
        ON CONFLICT ON CONSTRAINT organization_members_pk DO NOTHING
        RETURNING member.user_id, member.created_at
    )
    SELECT person.public_id, joined.created_at
    FROM joined
    INNER JOIN identity.users AS person ON person.id = joined.user_id;

    IF NOT FOUND THEN
        RAISE EXCEPTION 'user is a member already'
            USING
                ERRCODE = 'TL905',
                DETAIL = format('email is %L', create_user.email);
    END IF;
END
$function$;

COMMENT ON FUNCTION identity.create_user(text, text, text)
IS
$comment$Make a person a member of an organization, and answer the user's id outside (usr_…).

Who is a user already, of another organization, keeps that id and becomes a member of this one, too.
The email is taken trimmed and in lower case.

Raises
  TL901  organization does not exist
  TL905  user is a member already
  23502  email or role is NULL
  23514  email or role is not well formed (users_email_shape, organization_members_role_known)$comment$;

GRANT EXECUTE ON FUNCTION identity.create_user(text, text, text) TO pgtill_operator;

COMMIT;
