-- Deploy pgtill:functions/paths/incident_payload to pg
-- requires: tables/paths/transfers
-- requires: functions/paths/utc_text

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.incident_payload(incident paths.incidents)
RETURNS jsonb
LANGUAGE sql
STABLE
BEGIN ATOMIC
    SELECT
        jsonb_build_object(
            'id', (incident).public_id,
            'is_dry_run', FALSE,
            'wallet_version', (incident).wallet_version,
            'successor_version', (incident).successor_version,
            'reason', (incident).reason,
            'reported_by', (
                SELECT person.public_id FROM identity.users AS person
                WHERE person.id = (incident_payload.incident).reported_by
            ),
            'reported_at', paths.utc_text((incident).reported_at),
            'steps', (incident).steps,
            'transfers', (
                SELECT
                    coalesce(
                        jsonb_agg(
                            jsonb_build_object(
                                'id', transfer.public_id,
                                'manufacturer_name', manufacturer.manufacturer_name,
                                'source_index', transfer.source_index,
                                'target_index', transfer.target_index,
                                'paths_total', transfer.paths_total
                            ) ORDER BY transfer.id
                        ), '[]'
                    )
                FROM paths.transfers AS transfer
                INNER JOIN paths.manufacturer_registry AS manufacturer
                    ON
                        transfer.source_wallet = manufacturer.wallet_version
                        AND transfer.source_index = manufacturer.manufacturer_index
                WHERE transfer.incident_id = (incident_payload.incident).id
            )
        );
END;

COMMENT ON FUNCTION paths.incident_payload(paths.incidents)
IS 'Write an incident, with the transfers opened for it, as the object the API answers with.

Private to the functions of this schema.';

COMMIT;
