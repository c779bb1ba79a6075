-- Deploy pgtill:functions/paths/evacuate_manufacturer to pg
-- requires: functions/paths/advance_transfer

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.evacuate_manufacturer(
    manufacturer paths.manufacturer_registry,
    incident paths.incidents
)
RETURNS jsonb
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _name text := (evacuate_manufacturer.manufacturer).manufacturer_name;
    _transfer paths.transfers;
    _moved integer := 0;
BEGIN
    _transfer := paths.open_transfer(
        evacuate_manufacturer.manufacturer,
        (evacuate_manufacturer.incident).successor_version,
        'key_compromise',
        (evacuate_manufacturer.incident).reported_by,
        (evacuate_manufacturer.incident).id
    );

    IF _transfer.paths_total = 0 THEN
        _transfer := paths.finish_transfer(_transfer);
    ELSIF _name = 'Plings' THEN
        -- The registry's own things first, as far as one call may go.
        _moved := paths.advance_transfer(_transfer, 10000);
    END IF;

    RETURN jsonb_build_object(
        'action', CASE WHEN _name = 'Plings' THEN 'move_plings' ELSE 'open_transfer' END,
        'subject', _name,
        'manufacturer_index', _transfer.source_index,
        'detail',
        format(
            'index %s to %s, %s of %s paths moved',
            _transfer.source_index, _transfer.target_index, _moved, _transfer.paths_total
        )
    );
END
$function$;

COMMENT ON FUNCTION paths.evacuate_manufacturer(paths.manufacturer_registry, paths.incidents)
IS
'Open the transfer of a manufacturer to the successor, for Plings move its paths as well, and answer
the step as the incident shows it.

Private to compromise_wallet().';

COMMIT;
