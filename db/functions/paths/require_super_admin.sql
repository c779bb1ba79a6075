-- Deploy pgtill:functions/paths/require_super_admin to pg
-- requires: tables/paths/super_admins

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.require_super_admin(user_id text)
RETURNS bigint
LANGUAGE plpgsql
STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _user_id bigint;
BEGIN
    SELECT super_admin.user_id
    INTO _user_id
    FROM paths.super_admins AS super_admin
    INNER JOIN identity.users AS person ON person.id = super_admin.user_id
    WHERE person.public_id = require_super_admin.user_id AND super_admin.revoked_at IS NULL;

    IF NOT FOUND THEN
        RAISE EXCEPTION 'user is not a super-admin'
            USING
                ERRCODE = 'TL207',
                DETAIL = format('user_id is %L', require_super_admin.user_id);
    END IF;

    RETURN _user_id;
END
$function$;

COMMENT ON FUNCTION paths.require_super_admin(text)
IS 'Answer the user''s key where it is a super-admin, else raise TL207.

Private to the functions of this schema.';

COMMIT;
