-- Deploy pgtill:functions/paths/decode_path to pg
-- requires: functions/paths/parse_path
-- requires: tables/paths/path_level_values

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.decode_path(wallet_version integer, base_path text)
RETURNS TABLE (
    path_level integer,
    component bigint,
    level_name text,
    value_name text,
    value_description text,
    gs1_mapping text,
    gs1_code text,
    sku_reference text,
    is_known boolean
)
LANGUAGE plpgsql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _components integer[] := paths.parse_path(decode_path.base_path);
    _wallet paths.wallet_versions;
BEGIN
    IF _components IS NULL THEN
        RAISE EXCEPTION 'not a path'
            USING
                ERRCODE = 'TL227',
                DETAIL = format('base_path is %L', decode_path.base_path);
    END IF;

    SELECT wallet.*
    INTO _wallet
    FROM paths.wallet_versions AS wallet
    WHERE wallet.version_id = decode_path.wallet_version;

    IF NOT FOUND THEN
        RAISE EXCEPTION 'wallet version does not exist'
            USING
                ERRCODE = 'TL204',
                DETAIL = format('wallet version %s', decode_path.wallet_version);
    END IF;

    RETURN QUERY
    SELECT
        1, _wallet.version_id::bigint, 'wallet', _wallet.version_name, _wallet.description,
        NULL, NULL, NULL, TRUE

    UNION ALL

    SELECT
        2, _components[1]::bigint, 'manufacturer', manufacturer.manufacturer_name, NULL,
        NULL, NULL, NULL, manufacturer.manufacturer_name IS NOT NULL
    FROM (SELECT) AS once
    LEFT JOIN paths.manufacturer_registry AS manufacturer
        ON manufacturer.wallet_version = _wallet.version_id
        AND manufacturer.manufacturer_index = _components[1]

    UNION ALL

    SELECT
        part.place::integer + 1, part.number::bigint, level.level_name, meaning.value_name,
        meaning.value_description, level.gs1_mapping, meaning.gs1_code, meaning.sku_reference,
        meaning.value_name IS NOT NULL
    FROM unnest(_components) WITH ORDINALITY AS part (number, place)
    LEFT JOIN paths.manufacturer_path_schemas AS level
        ON level.wallet_version = _wallet.version_id
        AND level.manufacturer_index = _components[1]
        AND level.path_level = part.place + 1
    LEFT JOIN paths.path_level_values AS meaning
        ON meaning.wallet_version = level.wallet_version
        AND meaning.manufacturer_index = level.manufacturer_index
        AND meaning.path_level = level.path_level
        AND meaning.level_value = part.number
    WHERE part.place > 1
    ORDER BY 1;
END
$function$;

COMMENT ON FUNCTION paths.decode_path(integer, text)
IS
$comment$Say what a path means, one row a level: the wallet, the manufacturer, then its own levels.

is_known tells whether the number means something; of an unknown number the level may be known.
Values that are no longer in use are told all the same: things with them exist.

Raises
  TL204  wallet version does not exist
  TL227  not a path$comment$;

GRANT EXECUTE ON FUNCTION paths.decode_path(integer, text)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
