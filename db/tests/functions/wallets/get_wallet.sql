-- get_wallet(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(8);

-- Shape

SELECT
    is(
        given.shape('wallets.get_wallet(bigint, text)'),
        'stable definer, pgtill_service',
        'only the service calls it'
    );

-- Given a wallet of ann, of the shop, and one of bob, of both organizations

SELECT given.people() AS shop \gset

SELECT given.organization_id('other') AS other \gset

SELECT
    answer.wallet AS anns,
    answer.wallet ->> 'id' AS anns_id
FROM wallets.register_wallets(jsonb_build_array(given.registration('a'))) AS answer \gset

SELECT answer.wallet ->> 'id' AS bobs_id
FROM wallets.register_wallets(jsonb_build_array(given.registration('b', person => 'bob'))) AS answer
\gset

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT is(found.wallet, :'anns'::jsonb, 'it is answered as it was when it was registered')
FROM wallets.get_wallet(:shop, :'anns_id') AS found;
SELECT
    is(
        found.wallet ->> 'user_id',
        given.user_id('bob'),
        format('organization %s sees bob''s', who.name)
    )
FROM (VALUES (:shop, 'shop'), (:other, 'other')) AS who (id, name)
CROSS JOIN LATERAL wallets.get_wallet(who.id, :'bobs_id') AS found;
SELECT
    is_empty(
        format(
            'SELECT found.* FROM wallets.get_wallet(%L, %L) AS found', asked.organization, asked.id
        ),
        asked.label
    )
FROM (
    VALUES
    (:other, :'anns_id', 'another organization''s wallet is as if not there'),
    (:shop, 'wal_000000000000000000000000', 'an unknown wallet is not there'),
    (NULL, :'anns_id', 'nobody''s question has no answer'),
    (:shop, NULL, 'nor has one for nothing')
) AS asked (organization, id, label);

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
