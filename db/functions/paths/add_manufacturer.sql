-- Deploy pgtill:functions/paths/add_manufacturer to pg
-- requires: tables/paths/manufacturer_registry
-- requires: tables/paths/path_nodes

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.add_manufacturer(manufacturer paths.manufacturer_registry)
RETURNS paths.manufacturer_registry
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _index integer := (add_manufacturer.manufacturer).manufacturer_index;
    _added paths.manufacturer_registry := add_manufacturer.manufacturer;
BEGIN
    IF _index IS NULL THEN
        SELECT
            CASE WHEN max(known.manufacturer_index) < 2147483647
                THEN greatest(max(known.manufacturer_index) + 1, 2)
                WHEN count(*) = 0 THEN 2
            END
        INTO _index
        FROM paths.manufacturer_registry AS known
        WHERE known.wallet_version = _added.wallet_version;
    END IF;

    IF _index IS NULL THEN
        RAISE EXCEPTION 'no manufacturer index is free'
            USING
                ERRCODE = 'TL216',
                DETAIL = format('wallet version %s', _added.wallet_version);
    END IF;

    IF EXISTS (
        SELECT FROM paths.manufacturer_registry AS known
        WHERE known.wallet_version = _added.wallet_version
            AND (known.manufacturer_index = _index OR known.manufacturer_name = _added.manufacturer_name)
    ) THEN
        RAISE EXCEPTION 'manufacturer name or index is taken'
            USING
                ERRCODE = 'TL210',
                DETAIL = format('index %s, name %L', _index, _added.manufacturer_name);
    END IF;

    _added.manufacturer_index := _index;
    _added.registered_at := now();
    INSERT INTO paths.manufacturer_registry SELECT (_added).*;

    INSERT INTO paths.path_nodes (wallet_version, base_path, component, kind)
    VALUES (_added.wallet_version, _index::text, _index, 'branch');

    RETURN _added;
END
$function$;

COMMENT ON FUNCTION paths.add_manufacturer(paths.manufacturer_registry)
IS
'Add a manufacturer, at the next free index where it has none, and the root of its branch. The
caller holds the wallet''s row. Raises TL210 where name or index are taken, TL216 where no index is free.

Private to register_manufacturer() and open_transfer().';

COMMIT;
