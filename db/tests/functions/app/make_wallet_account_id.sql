-- make_wallet_account_id(): ids of rotated accounts.
\ir ../../support/begin.psql

SELECT plan(4);

SELECT
    is(
        given.shape('app.make_wallet_account_id(text, text, text)'),
        'volatile invoker, private',
        'nobody but the owner calls it'
    );

SET LOCAL ROLE pgtill_owner;

SELECT
    matches(
        app.make_wallet_account_id('bitcoin', 'regtest', repeat('0123456789abcdef', 4)),
        '^wa_bitcoin_regtest_0123456789ab_[0-9]{6}_20[0-9]{12}$',
        'chain, network, 12 characters of the hash, 6 digits, 14 of time'
    );
SELECT
    cmp_ok(
        count(DISTINCT made.id), '>', 90::bigint, 'two of one second and key differ'
    )
FROM (
    SELECT app.make_wallet_account_id('bitcoin', 'regtest', repeat('a', 64)) AS id
    FROM generate_series(1, 100)
) AS made;
SELECT
    lives_ok(
        $$
        INSERT INTO app.wallet_accounts (id, chain, network, keyset_id)
        VALUES (
            app.make_wallet_account_id('ethereum', 'sepolia', repeat('f', 64)),
            'ethereum',
            'sepolia',
            'ks'
        )
        $$,
        'the table takes such an id'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
