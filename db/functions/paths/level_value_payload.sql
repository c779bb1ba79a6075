-- Deploy pgtill:functions/paths/level_value_payload to pg
-- requires: tables/paths/path_level_values
-- requires: functions/paths/utc_text

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.level_value_payload(meaning paths.path_level_values)
RETURNS jsonb
LANGUAGE sql
STABLE
BEGIN ATOMIC
    SELECT
        jsonb_build_object(
            'wallet_version', (meaning).wallet_version,
            'manufacturer_index', (meaning).manufacturer_index,
            'path_level', (meaning).path_level,
            'level_value', (meaning).level_value,
            'value_name', (meaning).value_name,
            'value_description', (meaning).value_description,
            'gs1_code', (meaning).gs1_code,
            'sku_reference', (meaning).sku_reference,
            'is_active', (meaning).is_active,
            'created_at', paths.utc_text((meaning).created_at),
            'updated_at', paths.utc_text((meaning).updated_at)
        );
END;

COMMENT ON FUNCTION paths.level_value_payload(paths.path_level_values)
IS 'Write a value as the object the API answers with.

Private to the functions of this schema.';

COMMIT;
