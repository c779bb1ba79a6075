-- Deploy pgtill:functions/paths/path_payload to pg
-- requires: tables/paths/path_registry
-- requires: functions/paths/utc_text

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.path_payload(path paths.path_registry)
RETURNS jsonb
LANGUAGE sql
STABLE
BEGIN ATOMIC
    SELECT
        jsonb_build_object(
            'wallet_version', (path).wallet_version,
            'base_path', (path).base_path,
            'hd_derivation_prefix', (path).hd_derivation_prefix,
            'manufacturer_index', (path).manufacturer_index,
            'manufacturer_name', (
                SELECT manufacturer.manufacturer_name
                FROM paths.manufacturer_registry AS manufacturer
                WHERE
                    manufacturer.wallet_version = (path_payload.path).wallet_version
                    AND manufacturer.manufacturer_index = (path_payload.path).manufacturer_index
            ),
            'allocation_type', (path).allocation_type,
            'quantity', (path).quantity,
            'allocated_range_start', (path).allocated_range_start,
            'allocated_range_end', (path).allocated_range_end,
            'purpose', (path).purpose,
            'status', (path).status,
            'allocated_by', (
                SELECT person.public_id FROM identity.users AS person
                WHERE person.id = (path_payload.path).allocated_by
            ),
            'allocated_at', paths.utc_text((path).allocated_at),
            'completed_at', paths.utc_text((path).completed_at),
            'retired_at', paths.utc_text((path).retired_at),
            'transferred_to_wallet', (path).transferred_to_wallet,
            'transferred_to_path', (path).transferred_to_path,
            'transferred_at', paths.utc_text((path).transferred_at)
        );
END;

COMMENT ON FUNCTION paths.path_payload(paths.path_registry)
IS 'Write a path as the object the API answers with.

Private to the functions of this schema.';

COMMIT;
