-- Deploy pgtill:functions/app/read_token to pg
-- requires: schemas/app

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.read_token()
RETURNS text
LANGUAGE sql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT
        substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8)
        || lpad(to_hex((pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint), 16, '0');
END;

COMMENT ON FUNCTION app.read_token()
IS
$comment$Answer a token of everything that was committed here before this call.

24 hex digits: timeline, and place in the WAL. A standby of which app.has_replayed(token) is true shows all of it. Take it in a
transaction that begins after the commit: a place before the commit's own record says nothing of it.

Raises
  55000  this server follows another: recovery is in progress$comment$;

GRANT EXECUTE ON FUNCTION app.read_token() TO pgtill_service;

COMMIT;
