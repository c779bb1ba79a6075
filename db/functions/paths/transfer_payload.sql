-- Deploy pgtill:functions/paths/transfer_payload to pg
-- requires: tables/paths/transfers
-- requires: functions/paths/utc_text

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.transfer_payload(transfer paths.transfers)
RETURNS jsonb
LANGUAGE sql
STABLE
BEGIN ATOMIC
    SELECT
        jsonb_build_object(
            'id', (transfer).public_id,
            'scope', (transfer).scope,
            'manufacturer_name', (
                SELECT manufacturer.manufacturer_name
                FROM paths.manufacturer_registry AS manufacturer
                WHERE
                    manufacturer.wallet_version = (transfer_payload.transfer).source_wallet
                    AND manufacturer.manufacturer_index = (transfer_payload.transfer).source_index
            ),
            'source_wallet', (transfer).source_wallet,
            'source_index', (transfer).source_index,
            'target_wallet', (transfer).target_wallet,
            'target_index', (transfer).target_index,
            'base_path', (transfer).base_path,
            'assignment_reason', (transfer).assignment_reason,
            'status', (transfer).status,
            'paths_total', (transfer).paths_total,
            'paths_moved', (transfer).paths_moved,
            'completion_percentage', (transfer).completion_percentage,
            'incident_id', (
                SELECT incident.public_id FROM paths.incidents AS incident
                WHERE incident.id = (transfer_payload.transfer).incident_id
            ),
            'opened_by', (
                SELECT person.public_id FROM identity.users AS person
                WHERE person.id = (transfer_payload.transfer).opened_by
            ),
            'opened_at', paths.utc_text((transfer).opened_at),
            'completed_at', paths.utc_text((transfer).completed_at)
        );
END;

COMMENT ON FUNCTION paths.transfer_payload(paths.transfers)
IS 'Write a transfer as the object the API answers with.

Private to the functions of this schema.';

COMMIT;
