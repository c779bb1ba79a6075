-- Deploy pgtill:functions/paths/is_path to pg
-- requires: functions/paths/parse_path

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.is_path(path text)
RETURNS boolean
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT paths.parse_path(is_path.path) IS NOT NULL;
END;

COMMENT ON FUNCTION paths.is_path(text)
IS 'Tell whether it is 1 to 20 decimal components, 0 to 2^31 - 1, joined by dots.';

GRANT EXECUTE ON FUNCTION paths.is_path(text)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
