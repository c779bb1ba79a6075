-- Deploy pgtill:functions/paths/get_transfer to pg
-- requires: functions/paths/seen_transfers
-- requires: functions/paths/transfer_payload

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.get_transfer(
    organization_id bigint,
    user_id text,
    transfer_id text
)
RETURNS TABLE (transfer jsonb)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT paths.transfer_payload(asked) AS transfer
    FROM paths.seen_transfers(get_transfer.organization_id, get_transfer.user_id) AS asked
    WHERE asked.public_id = get_transfer.transfer_id;
END;

COMMENT ON FUNCTION paths.get_transfer(bigint, text, text)
IS
$comment$Answer a transfer that the key may see, or no row: another's is as if not there.$comment$;

GRANT EXECUTE ON FUNCTION paths.get_transfer(bigint, text, text)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
