-- Deploy pgtill:functions/paths/find_target_index to pg
-- requires: functions/paths/lock_wallets
-- requires: tables/paths/manufacturer_registry

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.find_target_index(
    source_wallet integer,
    source_index integer,
    target_wallet integer
)
RETURNS integer
LANGUAGE plpgsql
STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _target_index integer;
    _statuses text[];
BEGIN
    IF find_target_index.source_wallet = find_target_index.target_wallet THEN
        RAISE EXCEPTION 'source and target are one wallet version'
            USING
                ERRCODE = 'TL220',
                DETAIL = format('wallet version %s', find_target_index.source_wallet);
    END IF;

    SELECT target.manufacturer_index, ARRAY[source.status, target.status]
    INTO _target_index, _statuses
    FROM paths.manufacturer_registry AS source
    INNER JOIN paths.manufacturer_registry AS target
        ON target.manufacturer_name = source.manufacturer_name
        AND target.wallet_version = find_target_index.target_wallet
    WHERE source.wallet_version = find_target_index.source_wallet
        AND source.manufacturer_index = find_target_index.source_index;

    IF NOT FOUND THEN
        RAISE EXCEPTION 'manufacturer does not exist'
            USING
                ERRCODE = 'TL208',
                DETAIL = format('in wallet version %s', find_target_index.target_wallet);
    END IF;

    IF _statuses <> '{active,active}' THEN
        RAISE EXCEPTION 'manufacturer is not active'
            USING
                ERRCODE = 'TL209',
                DETAIL = format('here and there it is %s', _statuses);
    END IF;

    RETURN _target_index;
END
$function$;

COMMENT ON FUNCTION paths.find_target_index(integer, integer, integer)
IS
'Answer the index that a manufacturer has in another wallet; raise TL208 where it is not in both,
TL209 where it is not active in both, TL220 where both are one wallet.

Private to transfer_path() and move_path().';

COMMIT;
