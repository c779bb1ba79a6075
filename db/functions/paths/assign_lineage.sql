-- Deploy pgtill:functions/paths/assign_lineage to pg
-- requires: tables/paths/manufacturer_lineage

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.assign_lineage(
    manufacturer_name text,
    wallet_version integer,
    manufacturer_index integer,
    organization_id bigint
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _owner bigint;
BEGIN
    -- Whoever registers a name first has it: the second waits here, in whatever wallet.
    INSERT INTO paths.manufacturer_lineage AS lineage (
        canonical_name, current_wallet_version, current_manufacturer_index, assignment_reason
    )
    VALUES (
        assign_lineage.manufacturer_name, assign_lineage.wallet_version,
        assign_lineage.manufacturer_index, 'initial_setup'
    )
    ON CONFLICT (canonical_name) WHERE lineage.status = 'active' DO NOTHING;

    IF FOUND THEN
        RETURN;
    END IF;

    SELECT manufacturer.organization_id
    INTO _owner
    FROM paths.manufacturer_lineage AS lineage
    INNER JOIN paths.manufacturer_registry AS manufacturer
        ON manufacturer.wallet_version = lineage.current_wallet_version
        AND manufacturer.manufacturer_index = lineage.current_manufacturer_index
    WHERE lineage.canonical_name = assign_lineage.manufacturer_name AND lineage.status = 'active';

    IF _owner IS DISTINCT FROM assign_lineage.organization_id THEN
        RAISE EXCEPTION 'manufacturer name belongs to another organization'
            USING
                ERRCODE = 'TL211',
                DETAIL = format('manufacturer_name is %L', assign_lineage.manufacturer_name);
    END IF;

    -- Its second home beside the first, such as a wallet for tests.
    INSERT INTO paths.manufacturer_lineage (
        canonical_name, current_wallet_version, current_manufacturer_index, assignment_reason, status
    )
    VALUES (
        assign_lineage.manufacturer_name, assign_lineage.wallet_version,
        assign_lineage.manufacturer_index, 'environment_separation', 'completed'
    );
END
$function$;

COMMENT ON FUNCTION paths.assign_lineage(text, integer, integer, bigint)
IS
'Record a registered manufacturer: as where its name is, or, where that is elsewhere already and of
the same organization, as a second home. Raises TL211 where the name is another''s.

Private to register_manufacturer().';

COMMIT;
