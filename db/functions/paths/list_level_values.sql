-- Deploy pgtill:functions/paths/list_level_values to pg
-- requires: functions/paths/seen_manufacturers
-- requires: functions/paths/level_value_payload

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.list_level_values(
    organization_id bigint,
    user_id text,
    wallet_version integer,
    manufacturer_index integer,
    path_level integer,
    after_value integer,
    max_count integer
)
RETURNS TABLE (level_value jsonb, value integer)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT
        paths.level_value_payload(meaning) AS level_value,
        meaning.level_value AS value
    FROM
        paths.seen_manufacturers(
            list_level_values.organization_id, list_level_values.user_id
        ) AS manufacturer
    INNER JOIN paths.path_level_values AS meaning
        ON
            manufacturer.wallet_version = meaning.wallet_version
            AND manufacturer.manufacturer_index = meaning.manufacturer_index
    WHERE
        manufacturer.wallet_version = list_level_values.wallet_version
        AND manufacturer.manufacturer_index = list_level_values.manufacturer_index
        AND meaning.path_level = list_level_values.path_level
        AND meaning.level_value > coalesce(list_level_values.after_value, -1)
    ORDER BY meaning.level_value
    LIMIT list_level_values.max_count;
END;

COMMENT ON FUNCTION paths.list_level_values(
    bigint, text, integer, integer, integer, integer, integer
)
IS
'Answer the values of a level by number, after one; none of a manufacturer that the key may not
see.';

GRANT EXECUTE
ON FUNCTION paths.list_level_values(bigint, text, integer, integer, integer, integer, integer)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
