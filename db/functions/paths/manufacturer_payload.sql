-- Deploy pgtill:functions/paths/manufacturer_payload to pg
-- requires: tables/paths/manufacturer_registry
-- requires: functions/paths/utc_text

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.manufacturer_payload(manufacturer paths.manufacturer_registry)
RETURNS jsonb
LANGUAGE sql
STABLE
BEGIN ATOMIC
    SELECT
        jsonb_build_object(
            'wallet_version', (manufacturer).wallet_version,
            'manufacturer_index', (manufacturer).manufacturer_index,
            'manufacturer_name', (manufacturer).manufacturer_name,
            'organization_id', (
                SELECT organization.public_id FROM identity.organizations AS organization
                WHERE organization.id = (manufacturer_payload.manufacturer).organization_id
            ),
            'public_key', (manufacturer).public_key,
            'key_delegation_level', (manufacturer).key_delegation_level,
            'status', (manufacturer).status,
            'registered_by', (
                SELECT person.public_id FROM identity.users AS person
                WHERE person.id = (manufacturer_payload.manufacturer).registered_by
            ),
            'registered_at', paths.utc_text((manufacturer).registered_at),
            'transferred_from_wallet', (manufacturer).transferred_from_wallet,
            'transfer_completed_at', paths.utc_text((manufacturer).transfer_completed_at)
        );
END;

COMMENT ON FUNCTION paths.manufacturer_payload(paths.manufacturer_registry)
IS 'Write a manufacturer as the object the API answers with.

Private to the functions of this schema.';

COMMIT;
