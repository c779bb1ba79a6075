-- Deploy pgtill:functions/paths/utc_text to pg
-- requires: schemas/paths

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.utc_text(moment timestamptz)
RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
RETURN to_char(utc_text.moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');

COMMENT ON FUNCTION paths.utc_text(timestamptz)
IS 'Write a time as RFC 3339 in UTC, to the microsecond.

Private to the payloads of this schema.';

COMMIT;
