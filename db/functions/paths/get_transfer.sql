-- Deploy pgtill:functions/paths/get_transfer to pg
-- requires: functions/paths/transfer_payload

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.get_transfer(transfer_id text)
RETURNS TABLE (transfer jsonb)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT paths.transfer_payload(asked) AS transfer
    FROM paths.transfers AS asked
    WHERE asked.public_id = get_transfer.transfer_id;
END;

COMMENT ON FUNCTION paths.get_transfer(text)
IS 'Answer a transfer, or no row.';

GRANT EXECUTE ON FUNCTION paths.get_transfer(text)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
