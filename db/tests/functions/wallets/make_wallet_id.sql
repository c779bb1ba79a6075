-- make_wallet_id(): ids in order of time.
\ir ../../support/begin.psql

SELECT plan(16);

SELECT
    is(
        given.shape('wallets.make_wallet_id()'),
        'volatile invoker, private',
        'nobody but the owner calls it'
    );

SET LOCAL ROLE pgtill_owner;

SELECT matches(wallets.make_wallet_id(), '^wal_[0-9a-f]{24}$', 'wal_ and 24 lower hex digits');
SELECT
    cmp_ok(
        abs(
            ('x0000' || substr(wallets.make_wallet_id(), 5, 12))::bit(64)::bigint
            - extract(EPOCH FROM clock_timestamp()) * 1000
        ),
        '<',
        60000::numeric,
        'the first 12 digits are the milliseconds since 1970'
    );
SELECT
    is(
        count(DISTINCT made.id), 1000::bigint, 'a thousand calls give a thousand ids'
    )
FROM (SELECT wallets.make_wallet_id() AS id FROM generate_series(1, 1000)) AS made;
SELECT
    is(
        (
            SELECT count(DISTINCT substr(made.id, place.nth, 1))
            FROM (SELECT wallets.make_wallet_id() AS id FROM generate_series(1, 500)) AS made
        ),
        16::bigint,
        format('digit %s takes every value: no bits of it are fixed', place.nth - 4)
    )
FROM generate_series(17, 28) AS place (nth);

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
