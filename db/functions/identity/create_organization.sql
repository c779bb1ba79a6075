-- Deploy pgtill:functions/identity/create_organization to pg
-- requires: tables/identity/organizations

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION identity.create_organization(name text)
RETURNS TABLE (organization_id text, created_at timestamptz)
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
BEGIN
    RETURN QUERY
    INSERT INTO identity.organizations AS organization (name)
    VALUES (btrim(create_organization.name))
    ON CONFLICT ON CONSTRAINT organizations_name_unique DO NOTHING
    RETURNING organization.public_id, organization.created_at;

    IF NOT FOUND THEN
        RAISE EXCEPTION 'organization name is taken'
            USING
                ERRCODE = 'TL902',
                DETAIL = format('name is %L', create_organization.name);
    END IF;
END
$function$;

COMMENT ON FUNCTION identity.create_organization(text)
IS
$comment$Create an organization and answer its id outside (org_ and 24 hex digits).

Raises
  TL902  organization name is taken
  23502  name is NULL
  23514  name is blank or longer than 200 characters (organizations_name_shape)$comment$;

GRANT EXECUTE ON FUNCTION identity.create_organization(text) TO pgtill_operator;

COMMIT;
