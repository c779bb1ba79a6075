-- Deploy pgtill:functions/paths/complete_lineage to pg
-- requires: tables/paths/manufacturer_lineage
-- requires: tables/paths/transfers

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.complete_lineage(transfer paths.transfers)
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _was_current boolean;
BEGIN
    -- A second home that moves does not become the first.
    UPDATE paths.manufacturer_lineage AS lineage
    SET status = 'completed'
    WHERE lineage.current_wallet_version = (complete_lineage.transfer).source_wallet
        AND lineage.current_manufacturer_index = (complete_lineage.transfer).source_index
        AND lineage.status = 'active';
    _was_current := FOUND;

    UPDATE paths.manufacturer_lineage AS lineage
    SET
        status = CASE WHEN _was_current THEN 'active' ELSE 'completed' END,
        completion_percentage = 100
    WHERE lineage.current_wallet_version = (complete_lineage.transfer).target_wallet
        AND lineage.current_manufacturer_index = (complete_lineage.transfer).target_index;
END
$function$;

COMMENT ON FUNCTION paths.complete_lineage(paths.transfers)
IS 'Make the target of a transfer where the name is, if its source was.

Private to finish_transfer().';

COMMIT;
