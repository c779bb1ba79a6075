-- Deploy pgtill:functions/paths/next_child_parents to pg
-- requires: tables/paths/wallet_versions

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.next_child_parents(batches jsonb[])
RETURNS TABLE (wallet_version integer, parent_path text)
LANGUAGE sql
STABLE
BEGIN ATOMIC
    SELECT DISTINCT
        coalesce(
            batch.wallet_version,
            (
                SELECT standard.version_id FROM paths.wallet_versions AS standard
                WHERE standard.is_default
            )
        ) AS wallet_version,
        item.parent_path COLLATE pg_catalog."C" AS parent_path
    FROM unnest(next_child_parents.batches) AS listed (fields)
    CROSS JOIN
        LATERAL jsonb_to_record(listed.fields)
            AS batch (wallet_version integer, orders jsonb)
    CROSS JOIN LATERAL jsonb_to_recordset(batch.orders) AS item (parent_path text)
    WHERE item.parent_path IS NOT NULL;
END;

COMMENT ON FUNCTION paths.next_child_parents(jsonb[])
IS 'Name the parents that a batch of orders asks the next free child of.

Private to place_paths().';

COMMIT;
