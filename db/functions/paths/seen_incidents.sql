-- Deploy pgtill:functions/paths/seen_incidents to pg
-- requires: functions/paths/seen_manufacturers
-- requires: tables/paths/incidents
-- requires: tables/identity/organization_members

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.seen_incidents(
    organization_id bigint,
    user_id text
)
RETURNS SETOF paths.incidents
LANGUAGE sql
STABLE
BEGIN ATOMIC
    SELECT incident.*
    FROM paths.incidents AS incident
    WHERE
        (SELECT paths.is_super_admin(seen_incidents.user_id))
        OR EXISTS (
            SELECT
            FROM paths.manufacturer_registry AS manufacturer
            WHERE
                manufacturer.organization_id = seen_incidents.organization_id
                AND manufacturer.wallet_version = incident.wallet_version
        )
        OR EXISTS (
            SELECT
            FROM identity.organization_members AS member
            WHERE
                member.organization_id = seen_incidents.organization_id
                AND member.user_id = incident.reported_by
        );
END;

COMMENT ON FUNCTION paths.seen_incidents(bigint, text)
IS
$comment$Answer the incidents that are shown to a key: of wallets in which it may see a
manufacturer, and those that a member of its organization reported.

Private to the functions of this schema.$comment$;

COMMIT;
