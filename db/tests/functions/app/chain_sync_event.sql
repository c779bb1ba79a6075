-- chain_sync_event(): a new event takes its place in the chain.
\ir ../../support/begin.psql

SELECT plan(6);

-- Shape

SELECT is(given.shape('app.chain_sync_event()'), 'volatile invoker, private', 'nobody calls it');
SELECT
    trigger_is(
        'app',
        'wallet_account_sync_events',
        'wallet_account_sync_events_chained',
        'app',
        'chain_sync_event',
        'it stands on the events'
    );

-- Acting as the owner, even where replication switches ordinary triggers off

SET LOCAL session_replication_role = replica;
SET LOCAL ROLE pgtill_owner;

SELECT
    lives_ok(
        $$
        INSERT INTO app.wallet_account_sync_events (
            id,
            chain,
            network,
            keyset_id,
            wallet_account_id,
            action,
            match_source,
            key_material_hash,
            previous_hash, event_hash
        )
        SELECT
            forged.id,
            'bitcoin',
            'regtest',
            'ks',
            'wa_btc_regtest_001',
            'reused',
            'active',
            given.digest('a'),
            forged.hash, forged.hash
        FROM (
            VALUES
            (5, given.digest('forged')),
            (5, given.digest('forged')),
            (NULL, NULL)
        ) AS forged (id, hash)
        $$,
        'whatever the writer says of id and hashes'
    );
SELECT
    results_eq(
        $$
        SELECT event.id, event.previous_hash, event.event_hash
        FROM app.wallet_account_sync_events AS event
        ORDER BY event.id
        $$,
        $$
        SELECT
            event.id,
            coalesce(lag(event.event_hash) OVER (ORDER BY event.id), repeat('0', 64)),
            app.sync_event_hash(event)
        FROM app.wallet_account_sync_events AS event
        ORDER BY event.id
        $$,
        'is overwritten: each event follows the one before it'
    );
SELECT
    is(
        array_agg(event.id ORDER BY event.id), '{1,2,3}'::bigint[], 'from 1 on, without a gap'
    )
FROM app.wallet_account_sync_events AS event;

RESET ROLE;

SELECT
    is(
        count(*),
        1::bigint,
        'its transaction keeps other writers out, and lets readers in'
    )
FROM pg_locks AS held
WHERE
    held.pid = pg_backend_pid()
    AND held.relation = 'app.wallet_account_sync_events'::regclass
    AND held.mode = 'ShareRowExclusiveLock';

SELECT * FROM finish();
ROLLBACK;
