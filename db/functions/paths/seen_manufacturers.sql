-- Deploy pgtill:functions/paths/seen_manufacturers to pg
-- requires: functions/paths/is_super_admin
-- requires: tables/paths/manufacturer_registry

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.seen_manufacturers(
    organization_id bigint,
    user_id text
)
RETURNS SETOF paths.manufacturer_registry
LANGUAGE sql
STABLE
BEGIN ATOMIC
    SELECT manufacturer.*
    FROM paths.manufacturer_registry AS manufacturer
    WHERE
        manufacturer.organization_id = seen_manufacturers.organization_id
        OR (SELECT paths.is_super_admin(seen_manufacturers.user_id));
END;

COMMENT ON FUNCTION paths.seen_manufacturers(bigint, text)
IS
$comment$Answer the manufacturers that are shown to a key: its organization's own, and to a
super-admin's key all. What else is somebody's is shown to whom its manufacturer is.

Private to the functions of this schema.$comment$;

COMMIT;
