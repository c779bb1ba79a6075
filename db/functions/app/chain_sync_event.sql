-- Deploy pgtill:functions/app/chain_sync_event to pg
-- requires: functions/app/sync_event_hash

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.chain_sync_event()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    _last app.wallet_account_sync_events;
BEGIN
    -- One writer at a time, readers undisturbed: two links must not have one predecessor.
    LOCK TABLE app.wallet_account_sync_events IN SHARE ROW EXCLUSIVE MODE;

    SELECT event.*
    INTO _last
    FROM app.wallet_account_sync_events AS event
    ORDER BY event.id DESC
    LIMIT 1;

    new.id := coalesce(_last.id, 0) + 1;
    new.previous_hash := coalesce(_last.event_hash, repeat('0', 64));
    new.event_hash := app.sync_event_hash(new);
    RETURN new;
END
$function$;

COMMENT ON FUNCTION app.chain_sync_event()
IS 'Trigger: give a new event its place and its hash, whatever the writer put there.';

CREATE OR REPLACE TRIGGER wallet_account_sync_events_chained
BEFORE INSERT ON app.wallet_account_sync_events
FOR EACH ROW
EXECUTE FUNCTION app.chain_sync_event();

ALTER TABLE app.wallet_account_sync_events ENABLE ALWAYS TRIGGER wallet_account_sync_events_chained;

COMMIT;
