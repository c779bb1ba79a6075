-- A keyset is rotated and rotated back, its secret changed meanwhile; every address stays accounted
-- for.
\ir ../support/begin.psql

SELECT plan(15);

-- Day 1: the service starts with key A, and a shop uses it

INSERT INTO identity.organizations (name) VALUES ('shop');

SET LOCAL ROLE pgtill_service;

SELECT is(synced.action, 'reused', 'day 1: key A is adopted') FROM given.sync('key a') AS synced;
SELECT
    is(
        count(*) FILTER (WHERE answer.outcome = 'created'), 3::bigint, 'three addresses of key A'
    )
FROM app.allocate_and_insert(
    jsonb_build_array(given.order('a1'), given.order('a2'), given.order('a3')),
    given.window('wa_btc_regtest_001', 0, 3, 'key a')
) AS answer;

-- Day 2: key B is configured

SELECT
    synced.action,
    synced.wallet_account_id AS second
FROM given.sync('key b', first_address => 100) AS synced \gset

SELECT is(:'action'::text, 'rotated', 'day 2: key B gets an account of its own');

-- A process that has not heard of it yet sends addresses of key A

SELECT
    results_eq(
        $$
        SELECT answer.outcome, answer.wallet_account_id, answer.next_index
        FROM app.allocate_and_insert(
            jsonb_build_array(given.order('b1')), given.window('wa_btc_regtest_001', 3, 3, 'key a')
        ) AS answer
        $$,
        format($$ VALUES ('window_missed', %L, 0::bigint) $$, :'second'),
        'a window of the old account misses, and the answer names the new one'
    );
SELECT
    throws_ok(
        format(
            $$
            SELECT app.allocate_and_insert(
                jsonb_build_array(given.order('b1')), given.window(%L, 0, 3, 'key a')
            )
            $$,
            :'second'
        ),
        'TL003',
        'window is not of the key that its wallet account is bound to',
        'addresses of key A are not handed out as key B''s'
    );
SELECT
    results_eq(
        format(
            $$
            SELECT answer.outcome, answer.payment_request -> 'payment_instructions' ->> 'address'
            FROM app.allocate_and_insert(
                jsonb_build_array(given.order('b1'), given.order('b2'), given.order('a1')),
                given.window(%L, 0, 3, 'key b', first_address => 100)
            ) AS answer
            $$,
            :'second'
        ),
        $$
        VALUES
        ('created', given.address('bitcoin', 100)),
        ('created', given.address('bitcoin', 101)),
        ('replayed', given.address('bitcoin', 0))
        $$,
        'key B begins at its index 0; what key A handed out still replays'
    );

-- Day 3: the secret is changed, first without, then with the old one among the previous secrets

SELECT
    throws_ok(
        $$ SELECT given.sync('key b', 'new secret', first_address => 100) $$,
        'TL007',
        'the key has handed out addresses before',
        'day 3: without its old secret a used key looks new, and is refused'
    );
SELECT
    results_eq(
        $$
        SELECT synced.wallet_account_id, synced.action, synced.match_source, synced.next_index
        FROM given.sync('key b', 'new secret', '{secret}', first_address => 100) AS synced
        $$,
        format($$ VALUES (%L, 'reused', 'legacy', 2::bigint) $$, :'second'),
        'with it, the account is recognised'
    );

-- Day 4: back to key A, whose account was last hashed under the old secret

SELECT
    results_eq(
        $$
        SELECT synced.wallet_account_id, synced.action, synced.match_source, synced.next_index
        FROM given.sync('key a', 'new secret', '{secret}') AS synced
        $$,
        $$ VALUES ('wa_btc_regtest_001', 'reactivated', 'legacy', 3::bigint) $$,
        'day 4: key A''s account is switched on again, its cursor where it was'
    );
SELECT
    results_eq(
        $$
        SELECT answer.outcome,
        answer.payment_request -> 'payment_instructions' ->> 'address',
        answer.next_index
        FROM app.allocate_and_insert(
            jsonb_build_array(given.order('a4'), given.order('b1')),
            given.window('wa_btc_regtest_001', 3, 1, 'key a')
        ) AS answer
        $$,
        $$
        VALUES
        ('created', given.address('bitcoin', 3), 4::bigint),
        ('replayed', given.address('bitcoin', 100), NULL)
        $$,
        'and goes on with its fourth address'
    );

-- Day 5: the old secret is no longer needed

SELECT
    results_eq(
        $$
        SELECT synced.wallet_account_id, synced.action, synced.match_source
        FROM given.sync('key a', 'new secret') AS synced
        $$,
        $$ VALUES ('wa_btc_regtest_001', 'reused', 'active') $$,
        'day 5: everything is hashed under the new secret'
    );

-- An auditor looks

SET LOCAL ROLE pgtill_auditor;

SELECT
    is_empty(
        'SELECT anomaly.* FROM app.anomalies AS anomaly',
        'no address twice, no index lost'
    );
SELECT is_empty('SELECT broken.* FROM app.verify_sync_event_chain() AS broken', 'no event missing');
SELECT
    results_eq(
        $$
        SELECT listed.wallet_account_id, listed.is_active, listed.next_index, listed.last_action
        FROM app.list_wallet_accounts() AS listed
        WHERE listed.network = 'regtest'
        ORDER BY listed.is_active
        $$,
        format(
            $$
            VALUES (%L, FALSE, 2::bigint, 'reused'), ('wa_btc_regtest_001', TRUE, 4, 'reused')
            $$,
            :'second'
        ),
        'both accounts are there, with their cursors'
    );

RESET ROLE;

SELECT
    is(
        string_agg(event.action, ' ' ORDER BY event.id),
        'reused rotated reused reactivated reused',
        'the events tell the story'
    )
FROM app.wallet_account_sync_events AS event;

SELECT * FROM finish();
ROLLBACK;
