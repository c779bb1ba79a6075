-- Deploy pgtill:functions/paths/require_owner to pg
-- requires: functions/paths/require_member
-- requires: tables/paths/manufacturer_registry

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.require_owner(
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
DECLARE
    _owner bigint;
    _user_id bigint := paths.require_member(require_owner.organization_id, require_owner.user_id);
BEGIN
    SELECT manufacturer.organization_id
    INTO _owner
    FROM paths.manufacturer_registry AS manufacturer
    WHERE manufacturer.wallet_version = require_owner.wallet_version
        AND manufacturer.manufacturer_index = require_owner.manufacturer_index;

    IF NOT FOUND THEN
        RAISE EXCEPTION 'manufacturer does not exist'
            USING
                ERRCODE = 'TL208',
                DETAIL = format(
                    'wallet version %s, index %s',
                    require_owner.wallet_version, require_owner.manufacturer_index
                );
    END IF;

    IF _owner IS DISTINCT FROM require_owner.organization_id THEN
        RAISE EXCEPTION 'user may not act for the organization'
            USING
                ERRCODE = 'TL206',
                DETAIL = 'the manufacturer is another organization''s';
    END IF;

    RETURN _user_id;
END
$function$;

COMMENT ON FUNCTION paths.require_owner(bigint, text, integer, integer)
IS
'Answer the user''s key where it is owner or admin of the organization and the manufacturer is that
organization''s; else raise TL206, or TL208 where there is no such manufacturer.

Private to the functions of this schema.';

COMMIT;
