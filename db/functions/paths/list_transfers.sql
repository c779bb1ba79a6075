-- Deploy pgtill:functions/paths/list_transfers to pg
-- requires: functions/paths/seen_transfers
-- requires: functions/paths/transfer_payload

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.list_transfers(
    organization_id bigint,
    user_id text,
    after_id text,
    max_count integer,
    is_open boolean
)
RETURNS TABLE (transfer jsonb, transfer_id text)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT
        paths.transfer_payload(listed) AS transfer,
        listed.public_id AS transfer_id
    FROM paths.seen_transfers(list_transfers.organization_id, list_transfers.user_id) AS listed
    WHERE
        (
            list_transfers.after_id IS NULL
            OR listed.id < (
                SELECT last.id
                FROM
                    paths.seen_transfers(
                        list_transfers.organization_id, list_transfers.user_id
                    ) AS last
                WHERE last.public_id = list_transfers.after_id
            )
        )
        AND (
            list_transfers.is_open IS NULL
            OR list_transfers.is_open = (listed.status = 'transferring')
        )
    ORDER BY listed.id DESC
    LIMIT list_transfers.max_count;
END;

COMMENT ON FUNCTION paths.list_transfers(bigint, text, text, integer, boolean)
IS
$comment$Answer the transfers that the key may see, the newest first, after one: all, those under
way, or those that are done. After one that it may not see, as after one that is not
there, comes nothing.$comment$;

GRANT EXECUTE ON FUNCTION paths.list_transfers(bigint, text, text, integer, boolean)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
