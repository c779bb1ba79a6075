-- Deploy pgtill:functions/paths/set_manufacturer_organization to pg
-- requires: tables/paths/manufacturer_registry
-- requires: functions/paths/record_operation

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.set_manufacturer_organization(
    wallet_version integer,
    manufacturer_index integer,
    organization_id text
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _organization_id bigint;
    _name text;
BEGIN
    SELECT organization.id
    INTO _organization_id
    FROM identity.organizations AS organization
    WHERE organization.public_id = set_manufacturer_organization.organization_id;

    IF NOT FOUND THEN
        RAISE EXCEPTION 'organization does not exist'
            USING
                ERRCODE = 'TL901',
                DETAIL = format(
                    'organization_id is %L', set_manufacturer_organization.organization_id
                );
    END IF;

    SELECT manufacturer.manufacturer_name
    INTO _name
    FROM paths.manufacturer_registry AS manufacturer
    WHERE manufacturer.wallet_version = set_manufacturer_organization.wallet_version
        AND manufacturer.manufacturer_index = set_manufacturer_organization.manufacturer_index;

    IF NOT FOUND THEN
        RAISE EXCEPTION 'manufacturer does not exist'
            USING
                ERRCODE = 'TL208',
                DETAIL = format(
                    'wallet version %s, index %s',
                    set_manufacturer_organization.wallet_version,
                    set_manufacturer_organization.manufacturer_index
                );
    END IF;

    -- A name is one organization's in all wallets.
    UPDATE paths.manufacturer_registry AS manufacturer
    SET organization_id = _organization_id
    WHERE manufacturer.manufacturer_name = _name;

    PERFORM paths.record_operation(
        'set_manufacturer_organization', _organization_id, NULL, NULL, NULL,
        set_manufacturer_organization.wallet_version, _name, '{}'
    );
END
$function$;

COMMENT ON FUNCTION paths.set_manufacturer_organization(integer, integer, text)
IS
$comment$Say which organization a manufacturer is of, in all wallets. Plings begins without one.

Raises
  TL208  manufacturer does not exist
  TL901  organization does not exist$comment$;

GRANT EXECUTE
ON FUNCTION paths.set_manufacturer_organization(integer, integer, text)
TO pgtill_operator;

COMMIT;
