-- refuse_sync_event_change(): events are append-only, for everybody.
\ir ../../support/begin.psql

SELECT plan(14);

-- Shape

SELECT
    is(
        given.shape('app.refuse_sync_event_change()'),
        'volatile invoker, private',
        'nobody calls it'
    );
SELECT
    trigger_is(
        'app', 'wallet_account_sync_events', 'wallet_account_sync_events_append_only',
        'app', 'refuse_sync_event_change', 'it stands on the events'
    );

-- Given one event

SELECT synced.action FROM given.sync('key a') AS synced \gset

-- Refusals: the superuser, then the superuser where ordinary triggers are off, then the owner

SELECT
    throws_ok(
        attempt.statement,
        'TL009',
        'sync events are append-only',
        format('%s by the superuser', attempt.label)
    )
FROM (
    VALUES
    ('UPDATE app.wallet_account_sync_events SET action = ''rotated''', 'UPDATE'),
    ('UPDATE app.wallet_account_sync_events SET action = action WHERE FALSE', 'UPDATE of nothing'),
    ('DELETE FROM app.wallet_account_sync_events', 'DELETE'),
    ('TRUNCATE app.wallet_account_sync_events', 'TRUNCATE')
) AS attempt (statement, label);

SET LOCAL session_replication_role = replica;

SELECT
    throws_ok(
        attempt.statement,
        'TL009',
        'sync events are append-only',
        format('%s as a replica would', attempt.label)
    )
FROM (
    VALUES
    ('UPDATE app.wallet_account_sync_events SET action = ''rotated''', 'UPDATE'),
    ('DELETE FROM app.wallet_account_sync_events', 'DELETE'),
    ('TRUNCATE app.wallet_account_sync_events', 'TRUNCATE')
) AS attempt (statement, label);

SET LOCAL session_replication_role = origin;
SET LOCAL ROLE pgtill_owner;

SELECT
    throws_ok(
        attempt.statement,
        'TL009',
        'sync events are append-only',
        format('%s by the owner', attempt.label)
    )
FROM (
    VALUES
    ('UPDATE app.wallet_account_sync_events SET action = ''rotated''', 'UPDATE'),
    ('DELETE FROM app.wallet_account_sync_events', 'DELETE'),
    ('TRUNCATE app.wallet_account_sync_events', 'TRUNCATE'),
    (
        'MERGE INTO app.wallet_account_sync_events AS event USING (VALUES (1)) AS one (id) ON'
        ' event.id = one.id'
        ' WHEN MATCHED THEN DELETE',
        'MERGE'
    )
) AS attempt (statement, label);

RESET ROLE;

-- State after

SELECT is(count(*), 1::bigint, 'the event is still there') FROM app.wallet_account_sync_events;

SELECT * FROM finish();
ROLLBACK;
