-- Deploy pgtill:functions/paths/path_schema_payload to pg
-- requires: tables/paths/manufacturer_path_schemas
-- requires: functions/paths/utc_text

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.path_schema_payload(level paths.manufacturer_path_schemas)
RETURNS jsonb
LANGUAGE sql
STABLE
BEGIN ATOMIC
    SELECT
        jsonb_build_object(
            'wallet_version', (level).wallet_version,
            'manufacturer_index', (level).manufacturer_index,
            'path_level', (level).path_level,
            'level_name', (level).level_name,
            'level_description', (level).level_description,
            'gs1_mapping', (level).gs1_mapping,
            'is_required', (level).is_required,
            'sort_order', (level).sort_order,
            'created_at', paths.utc_text((level).created_at),
            'updated_at', paths.utc_text((level).updated_at)
        );
END;

COMMENT ON FUNCTION paths.path_schema_payload(paths.manufacturer_path_schemas)
IS 'Write a level as the object the API answers with.

Private to the functions of this schema.';

COMMIT;
