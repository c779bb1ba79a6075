-- refuse_wallet_change(): what a wallet was registered as never changes, for everybody.
\ir ../../support/begin.psql

SELECT plan(22);

-- Shape

SELECT
    is(
        given.shape('wallets.refuse_wallet_change()'),
        'volatile invoker, private',
        'nobody calls it'
    );
SELECT
    trigger_is(
        'wallets', 'wallet_registry', hook.name, 'wallets', 'refuse_wallet_change',
        format('%s stands on the registry', hook.name)
    )
FROM (
    VALUES ('wallet_registry_identity_never_changes'), ('wallet_registry_never_removed')
) AS hook (name);

-- Given a wallet without a key, so that nothing else keeps it as it is

SELECT given.people() AS shop \gset

SELECT answer.outcome FROM given.register(given.registration('a')) AS answer \gset

-- Acting as the owner

SET LOCAL ROLE pgtill_owner;

SELECT
    lives_ok(
        format('UPDATE wallets.wallet_registry SET %s', change.assignment),
        format('the owner may set %s', change.assignment)
    )
FROM (
    VALUES
    ('provider_customer_id = ''c'''), ('metadata = ''{"a": 1}'''), ('is_active = FALSE'),
    ('updated_at = clock_timestamp()'), ('provider = provider')
) AS change (assignment);

-- Refusals

SELECT
    throws_ok(
        attempt.statement,
        'TL102',
        'what a wallet was registered as never changes',
        attempt.statement
    )
FROM (
    VALUES
    ('UPDATE wallets.wallet_registry SET external_id = ''wal_000000000000000000000000'''),
    ('UPDATE wallets.wallet_registry SET user_id = user_id - 1'),
    ('UPDATE wallets.wallet_registry SET provider = ''lnbits'''),
    ('UPDATE wallets.wallet_registry SET provider_account_id = ''b'''),
    ('UPDATE wallets.wallet_registry SET idempotency_key = ''k'''),
    ('UPDATE wallets.wallet_registry SET created_at = created_at - interval ''1 day'''),
    ('UPDATE wallets.wallet_registry SET id = DEFAULT'),
    ('DELETE FROM wallets.wallet_registry'),
    ('TRUNCATE wallets.wallet_registry, wallets.wallet_idempotency_keys, wallets.audit_events')
) AS attempt (statement);

RESET ROLE;
SET LOCAL session_replication_role = replica;

SELECT
    throws_ok(
        attempt.statement,
        'TL102',
        'what a wallet was registered as never changes',
        'as a replica would: ' || attempt.statement
    )
FROM (
    VALUES
    ('UPDATE wallets.wallet_registry SET provider_account_id = ''b'''),
    ('DELETE FROM wallets.wallet_registry')
) AS attempt (statement);

SET LOCAL session_replication_role = origin;

-- State after

SELECT
    is(
        array_agg(wallet.provider_account_id), ARRAY['a'], 'the wallet is as it was'
    )
FROM wallets.wallet_registry AS wallet;
SELECT is(:'outcome'::text, 'registered', 'there was something to change');
SELECT is_empty('SELECT broken.* FROM wallets.anomalies AS broken', 'and nothing is amiss');

SELECT * FROM finish();
ROLLBACK;
