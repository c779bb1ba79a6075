-- Deploy pgtill:functions/paths/incident_payload to pg
-- requires: functions/paths/seen_transfers
-- requires: tables/paths/incidents
-- requires: functions/paths/utc_text

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.incident_payload(
    incident paths.incidents,
    organization_id bigint,
    user_id text
)
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
            -- A step that is about a manufacturer bears its index; a wallet's are everybody's.
            'steps', (
                SELECT
                    coalesce(
                        jsonb_agg(
                            shown.step
                            - 'manufacturer_index'
                            || jsonb_build_object('step', shown.place) ORDER BY shown.place
                        ), '[]'
                    )
                FROM (
                    SELECT
                        done.step,
                        row_number() OVER (ORDER BY done.nth) AS place
                    FROM
                        jsonb_array_elements((incident_payload.incident).steps)
                        WITH ORDINALITY AS done (step, nth)
                    LEFT JOIN
                        paths.seen_manufacturers(
                            incident_payload.organization_id, incident_payload.user_id
                        ) AS manufacturer
                        ON
                            manufacturer.wallet_version
                            = (incident_payload.incident).wallet_version
                            AND (done.step ->> 'manufacturer_index')::integer
                            = manufacturer.manufacturer_index
                    WHERE
                        manufacturer.manufacturer_index IS NOT NULL
                        OR NOT done.step ? 'manufacturer_index'
                ) AS shown
            ),
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
                FROM
                    paths.seen_transfers(
                        incident_payload.organization_id, incident_payload.user_id
                    ) AS transfer
                INNER JOIN paths.manufacturer_registry AS manufacturer
                    ON
                        transfer.source_wallet = manufacturer.wallet_version
                        AND transfer.source_index = manufacturer.manufacturer_index
                WHERE transfer.incident_id = (incident_payload.incident).id
            )
        );
END;

COMMENT ON FUNCTION paths.incident_payload(paths.incidents, bigint, text)
IS
$comment$Write an incident, with the steps and transfers that the key may see, as the object the
API answers with.

Private to the functions of this schema.$comment$;

COMMIT;
