-- Deploy pgtill:functions/identity/get_organization_id to pg
-- requires: tables/identity/organizations

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION identity.get_organization_id(organization_id text)
RETURNS bigint
LANGUAGE plpgsql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _organization_id bigint;
BEGIN
    SELECT organization.id
    INTO _organization_id
    FROM identity.organizations AS organization
    WHERE organization.public_id = get_organization_id.organization_id;

    IF NOT FOUND THEN
        RAISE EXCEPTION 'organization does not exist'
            USING
                ERRCODE = 'TL901',
                DETAIL = format('organization_id is %L', get_organization_id.organization_id);
    END IF;

    RETURN _organization_id;
END
$function$;

COMMENT ON FUNCTION identity.get_organization_id(text)
IS
$comment$Answer the key inside the database of an organization (org_…).

Raises
  TL901  organization does not exist$comment$;

GRANT EXECUTE ON FUNCTION identity.get_organization_id(text) TO pgtill_operator;

COMMIT;
