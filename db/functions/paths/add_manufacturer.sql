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
    IF _index IS NULL AND _added.manufacturer_name = 'Plings' THEN
        _index := 1;
    END IF;

    -- After the last that has room after it: who takes the very last index shuts nobody out.
    IF _index IS NULL THEN
        SELECT known.manufacturer_index + 1
        INTO _index
        FROM paths.manufacturer_registry AS known
        WHERE known.wallet_version = _added.wallet_version
            AND known.manufacturer_index < 2147483647
            AND NOT EXISTS (
                SELECT FROM paths.manufacturer_registry AS follower
                WHERE follower.wallet_version = _added.wallet_version
                    AND follower.manufacturer_index = known.manufacturer_index + 1
            )
        ORDER BY known.manufacturer_index DESC
        LIMIT 1;
    END IF;

    -- A wallet need not have a Plings, after whom 2 would come.
    IF _index IS NULL AND NOT EXISTS (
        SELECT FROM paths.manufacturer_registry AS known
        WHERE known.wallet_version = _added.wallet_version AND known.manufacturer_index = 2
    ) THEN
        _index := 2;
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
'Add a manufacturer and the root of its branch. Where it has no index it gets the one after the
highest that has a free one after it, 2 in a wallet without any; Plings gets 1. The caller holds the
wallet''s row. Raises TL210 where name or index are taken, TL216 where no index is free.

Private to register_manufacturer() and open_transfer().';

COMMIT;
