-- refuse_used_key(): a key never begins at index 0 twice.
\ir ../../support/begin.psql

SELECT plan(8);

-- Shape

SELECT
    is(
        given.shape('app.refuse_used_key(text, text, text, text)'),
        'stable invoker, private',
        'nobody but the owner calls it'
    );

-- Given one address handed out on regtest

SELECT given.shop() AS shop \gset

SET LOCAL ROLE pgtill_service;

SELECT
    is(
        answer.outcome, 'created', 'an address is handed out'
    )
FROM app.allocate_and_insert(
    jsonb_build_array(given.order('a')), given.window('wa_btc_regtest_001', 0, 1)
) AS answer;

-- Acting as the owner

SET LOCAL ROLE pgtill_owner;

SELECT
    lives_ok(
        $$
        SELECT app.refuse_used_key('bitcoin', 'regtest', given.digest('new'), given.address('bitcoin', 1))
        $$,
        'a new key passes'
    );
SELECT
    lives_ok(
        $$
        SELECT app.refuse_used_key(
            'bitcoin', 'testnet', given.digest('btc regtest'), given.address('bitcoin', 0)
        )
        $$,
        'what another network used does not matter'
    );
SELECT
    lives_ok(
        $$
        SELECT app.refuse_used_key(
            'bitcoin', 'testnet', given.digest('btc testnet'), given.address('bitcoin', 1)
        )
        $$,
        'a key whose account stands at index 0 passes'
    );

RESET ROLE;
UPDATE app.networks AS place
SET is_allowed = TRUE
WHERE place.is_mainnet;
INSERT INTO app.wallet_accounts (id, chain, network, keyset_id, parent_key_digest, next_index)
VALUES ('wa_btc_main', 'bitcoin', 'mainnet', 'ks_main', given.digest('key m'), 1);
SET LOCAL ROLE pgtill_owner;

SELECT
    lives_ok(
        $$
        SELECT app.refuse_used_key(
            'ethereum', 'mainnet', given.digest('key m'), given.address('ethereum', 0)
        )
        $$,
        'nor does what another chain used, whose networks have the same names'
    );

-- Refusals

SELECT
    throws_ok(
        $$
        SELECT app.refuse_used_key('bitcoin', 'regtest', given.digest('new'), given.address('bitcoin', 0))
        $$,
        'TL007',
        'the key has handed out addresses before',
        'an address of index 0 that was handed out is refused'
    );
SELECT
    throws_ok(
        $$
        SELECT app.refuse_used_key(
            'bitcoin', 'regtest', given.digest('btc regtest'), given.address('bitcoin', 1)
        )
        $$,
        'TL007', 'the key has handed out addresses before', 'the key of a used account is refused'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
