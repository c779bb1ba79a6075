-- Deploy pgtill:functions/paths/require_responder to pg
-- requires: functions/paths/require_owner
-- requires: functions/paths/require_super_admin
-- requires: functions/paths/is_super_admin

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.require_responder(
    organization_id bigint,
    user_id text,
    wallet_version integer,
    manufacturer_index integer
)
RETURNS bigint
LANGUAGE plpgsql
STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
BEGIN
    IF paths.is_super_admin(require_responder.user_id) THEN
        RETURN paths.require_super_admin(require_responder.user_id);
    END IF;

    RETURN paths.require_owner(
        require_responder.organization_id, require_responder.user_id,
        require_responder.wallet_version, require_responder.manufacturer_index
    );
END
$function$;

COMMENT ON FUNCTION paths.require_responder(bigint, text, integer, integer)
IS
'Answer the user''s key where it is a super-admin, or may act for the manufacturer; else raise TL206
or TL208.

Private to the functions of this schema.';

COMMIT;
