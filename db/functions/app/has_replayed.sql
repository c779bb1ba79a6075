-- Deploy pgtill:functions/app/has_replayed to pg
-- requires: schemas/app

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.has_replayed(token text)
RETURNS boolean
LANGUAGE sql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT
        CASE
            WHEN pg_is_in_recovery()
                THEN
                    has_replayed.token ~ '^[0-9A-Fa-f]{8}[0-7][0-9A-Fa-f]{15}$'
                    -- A standby of an old primary may be further, on a timeline that has ended.
                    AND (
                        SELECT greatest(begun.timeline_id, needed.min_recovery_end_timeline)
                        FROM pg_control_checkpoint() AS begun, pg_control_recovery() AS needed
                    ) >= ('x' || lpad(substr(has_replayed.token, 1, 8), 16, '0'))::bit(64)::bigint
                    AND coalesce(pg_last_wal_replay_lsn() - '0/0'::pg_lsn, -1)
                    >= ('x' || substr(has_replayed.token, 9))::bit(64)::bigint
        END;
END;

COMMENT ON FUNCTION app.has_replayed(text)
IS
$comment$Answer whether this standby shows everything that a token of app.read_token() stands for.

NULL on a server that is no standby, or is none any more. False for what is no token, and for a while
after a failover, until this standby has noted the new timeline. Ask in a transaction of its own: what is
read must be read after it.$comment$;

GRANT EXECUTE ON FUNCTION app.has_replayed(text) TO pgtill_service;

COMMIT;
