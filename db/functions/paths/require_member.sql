-- Deploy pgtill:functions/paths/require_member to pg
-- requires: tables/identity/organization_members

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.require_member(organization_id bigint, user_id text)
RETURNS bigint
LANGUAGE plpgsql
STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _user_id bigint;
BEGIN
    SELECT person.id
    INTO _user_id
    FROM identity.users AS person
    INNER JOIN identity.organization_members AS member ON member.user_id = person.id
    WHERE person.public_id = require_member.user_id
        AND member.organization_id = require_member.organization_id
        AND member.role IN ('owner', 'admin');

    IF NOT FOUND THEN
        RAISE EXCEPTION 'user may not act for the organization'
            USING
                ERRCODE = 'TL206',
                DETAIL = format('user_id is %L', require_member.user_id);
    END IF;

    RETURN _user_id;
END
$function$;

COMMENT ON FUNCTION paths.require_member(bigint, text)
IS 'Answer the user''s key where it is owner or admin of the organization, else raise TL206.

Private to the functions of this schema.';

COMMIT;
