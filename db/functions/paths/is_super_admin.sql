-- Deploy pgtill:functions/paths/is_super_admin to pg
-- requires: tables/paths/super_admins

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.is_super_admin(
    user_id text
)
RETURNS boolean
LANGUAGE sql
STABLE
BEGIN ATOMIC
    SELECT count(*) > 0 AS is_super_admin
    FROM paths.super_admins AS super_admin
    INNER JOIN identity.users AS person ON super_admin.user_id = person.id
    WHERE person.public_id = is_super_admin.user_id AND super_admin.revoked_at IS NULL;
END;

COMMENT ON FUNCTION paths.is_super_admin(text)
IS
$comment$Tell whether a user is a super-admin now; nobody is none.

Private to the functions of this schema.$comment$;

COMMIT;
