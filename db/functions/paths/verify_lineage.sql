-- Deploy pgtill:functions/paths/verify_lineage to pg
-- requires: tables/paths/manufacturer_lineage
-- requires: tables/paths/transfers

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.verify_lineage(canonical_name text)
RETURNS TABLE (
    step integer,
    wallet_version integer,
    manufacturer_index integer,
    assignment_reason text,
    assignment_date timestamptz,
    status text,
    problem text
)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT
        (row_number() OVER (ORDER BY lineage.id))::integer AS step,
        lineage.current_wallet_version AS wallet_version,
        lineage.current_manufacturer_index AS manufacturer_index,
        lineage.assignment_reason,
        lineage.assignment_date,
        lineage.status,
        CASE
            WHEN count(*) FILTER (WHERE lineage.status = 'active') OVER () <> 1
                THEN 'the name is not at one place'
            WHEN lineage.predecessor_wallet IS NOT NULL AND origin.id IS NULL
                THEN 'its predecessor was never assigned'
            WHEN origin.id > lineage.id THEN 'its predecessor was assigned later'
            WHEN lineage.predecessor_wallet IS NOT NULL AND transfer.id IS NULL
                THEN 'no transfer led here'
            WHEN (transfer.status = 'transferred') = (lineage.status = 'in_progress')
                THEN 'the transfer says otherwise'
            WHEN
                lineage.predecessor_wallet IS NOT NULL
                AND coalesce(manufacturer.organization_id, 0)
                <> coalesce(predecessor.organization_id, 0)
                THEN 'it changed its organization on the way'
        END AS problem
    FROM paths.manufacturer_lineage AS lineage
    INNER JOIN paths.manufacturer_registry AS manufacturer
        ON
            lineage.current_wallet_version = manufacturer.wallet_version
            AND lineage.current_manufacturer_index = manufacturer.manufacturer_index
    LEFT JOIN paths.manufacturer_lineage AS origin
        ON
            lineage.predecessor_wallet = origin.current_wallet_version
            AND lineage.predecessor_index = origin.current_manufacturer_index
    LEFT JOIN paths.manufacturer_registry AS predecessor
        ON
            lineage.predecessor_wallet = predecessor.wallet_version
            AND lineage.predecessor_index = predecessor.manufacturer_index
    LEFT JOIN paths.transfers AS transfer
        ON
            lineage.predecessor_wallet = transfer.source_wallet
            AND lineage.predecessor_index = transfer.source_index
            AND transfer.scope = 'manufacturer'
            AND lineage.current_wallet_version = transfer.target_wallet
    WHERE lineage.canonical_name = verify_lineage.canonical_name
    ORDER BY lineage.id;
END;

COMMENT ON FUNCTION paths.verify_lineage(text)
IS
$comment$Follow a name through the wallets, oldest first; no row for a name that never was.

problem is NULL where an assignment holds: the name is at one place, each predecessor was assigned
before and by a transfer that says the same, and the organization is the same throughout.$comment$;

GRANT EXECUTE ON FUNCTION paths.verify_lineage(text)
TO pgtill_operator, pgtill_auditor;

COMMIT;
