-- Deploy pgtill:functions/paths/grant_super_admin to pg
-- requires: tables/paths/super_admins
-- requires: functions/paths/record_operation

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.grant_super_admin(user_id text, granted_by text, source_ref text)
RETURNS void
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _user_id bigint;
BEGIN
    SELECT person.id
    INTO _user_id
    FROM identity.users AS person
    WHERE person.public_id = grant_super_admin.user_id;

    IF NOT FOUND THEN
        RAISE EXCEPTION 'user does not exist'
            USING
                ERRCODE = 'TL904',
                DETAIL = format('user_id is %L', grant_super_admin.user_id);
    END IF;

    INSERT INTO paths.super_admins AS super_admin (user_id, granted_by, source_ref)
    VALUES (_user_id, grant_super_admin.granted_by, grant_super_admin.source_ref)
    ON CONFLICT ON CONSTRAINT super_admins_pk DO UPDATE
    SET
        granted_by = excluded.granted_by,
        source_ref = excluded.source_ref,
        granted_at = now(),
        revoked_by = NULL,
        revoked_at = NULL;

    PERFORM paths.record_operation(
        'grant_super_admin', NULL, _user_id, NULL, NULL, NULL, grant_super_admin.user_id,
        jsonb_build_object(
            'granted_by', grant_super_admin.granted_by, 'source_ref', grant_super_admin.source_ref
        )
    );
END
$function$;

COMMENT ON FUNCTION paths.grant_super_admin(text, text, text)
IS
$comment$Make a user a super-admin, and say who decided so and where that stands.

Raises
  TL904  user does not exist
  23502  granted_by or source_ref are NULL
  23514  granted_by or source_ref are empty or longer than 200 characters$comment$;

GRANT EXECUTE ON FUNCTION paths.grant_super_admin(text, text, text) TO pgtill_operator;

COMMIT;
