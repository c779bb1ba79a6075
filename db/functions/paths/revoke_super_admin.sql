-- Deploy pgtill:functions/paths/revoke_super_admin to pg
-- requires: functions/paths/require_super_admin
-- requires: functions/paths/record_operation

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.revoke_super_admin(user_id text, revoked_by text)
RETURNS void
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _user_id bigint := paths.require_super_admin(revoke_super_admin.user_id);
BEGIN
    UPDATE paths.super_admins AS super_admin
    SET revoked_by = revoke_super_admin.revoked_by, revoked_at = now()
    WHERE super_admin.user_id = _user_id;

    PERFORM paths.record_operation(
        'revoke_super_admin', NULL, _user_id, NULL, NULL, NULL, revoke_super_admin.user_id,
        jsonb_build_object('revoked_by', revoke_super_admin.revoked_by)
    );
END
$function$;

COMMENT ON FUNCTION paths.revoke_super_admin(text, text)
IS
$comment$End a super-admin's rights, and say who decided so.

Raises
  TL207  user is not a super-admin
  23514  revoked_by is NULL, empty or longer than 200 characters$comment$;

GRANT EXECUTE ON FUNCTION paths.revoke_super_admin(text, text) TO pgtill_operator;

COMMIT;
