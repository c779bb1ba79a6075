-- list_wallets(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(19);

-- Shape

SELECT
    is(
        given.shape('wallets.list_wallets(bigint, text, text, boolean, text, integer)'),
        'stable definer, pgtill_service',
        'only the service calls it'
    );

-- Given wallets of ann and bob, of the shop, and of eve, of another organization as bob is, too

SELECT given.people() AS shop \gset

SELECT given.organization_id('other') AS other \gset

SELECT count(*) AS registered
FROM given.register(
    given.registration('b', fields => '{"provider": "paystack"}'),
    given.registration('c'), given.registration('a'), given.registration('b'),
    given.registration('a', person => 'bob'),
    given.registration('a', person => 'eve', organization => 'other')
) \gset

SELECT off.wallet ->> 'id' AS off
FROM wallets.wallet_registry AS wallet
CROSS JOIN wallets.deactivate_wallet(:shop, wallet.external_id) AS off
WHERE wallet.provider_account_id = 'c' \gset

-- In a line: 'ann fincra/a, …'
CREATE FUNCTION pg_temp.listed(
    organization_id bigint,
    person text DEFAULT NULL,
    provider text DEFAULT NULL,
    is_active boolean DEFAULT NULL,
    after_wallet_id text DEFAULT NULL,
    max_count integer DEFAULT 100
)
RETURNS text
LANGUAGE sql
AS $function$
SELECT
    string_agg(
        format(
            '%s %s/%s',
            CASE answer.wallet ->> 'user_id'
                WHEN given.user_id('ann') THEN 'ann' WHEN given.user_id('bob') THEN 'bob' ELSE 'eve'
            END,
            answer.wallet ->> 'provider',
            answer.wallet ->> 'provider_account_id'
        ),
        ', ' ORDER BY answer.place
    )
FROM wallets.list_wallets(
    organization_id, given.user_id(person), provider, is_active, after_wallet_id, max_count
) WITH ORDINALITY AS answer (wallet, place);
$function$;

-- The sequence gave ann the lower id, as it did first; a wallet's id for what it is called
CREATE FUNCTION pg_temp.id_of(person text, provider text, account text)
RETURNS text
LANGUAGE sql
SECURITY DEFINER
AS $function$
SELECT wallet.external_id
FROM wallets.wallet_registry AS wallet
INNER JOIN identity.users AS owner ON owner.id = wallet.user_id
WHERE owner.public_id = given.user_id(id_of.person)
    AND wallet.provider::text = id_of.provider
    AND wallet.provider_account_id = id_of.account;
$function$;

GRANT EXECUTE ON FUNCTION
pg_temp.listed(bigint, text, text, boolean, text, integer), pg_temp.id_of(text, text, text)
TO public;

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT is(asked.found, asked.expected, asked.label)
FROM (
    VALUES
    (
        pg_temp.listed(:shop),
        'ann fincra/a, ann fincra/b, ann fincra/c, ann paystack/b, bob fincra/a',
        'all of the organization''s members, by user, provider, account'
    ),
    (pg_temp.listed(:other), 'bob fincra/a, eve fincra/a', 'another organization sees its own'),
    (
        pg_temp.listed(:shop, 'ann'),
        'ann fincra/a, ann fincra/b, ann fincra/c, ann paystack/b',
        'of one user'
    ),
    (pg_temp.listed(:shop, provider => 'paystack'), 'ann paystack/b', 'at one provider'),
    (pg_temp.listed(:shop, provider => 'lnbits'), NULL, 'at one where there is none'),
    (pg_temp.listed(:shop, is_active => FALSE), 'ann fincra/c', 'those that are off'),
    (
        pg_temp.listed(:shop, 'ann', 'fincra', TRUE),
        'ann fincra/a, ann fincra/b',
        'all three at once'
    ),
    (pg_temp.listed(:shop, max_count => 2), 'ann fincra/a, ann fincra/b', 'the first page'),
    (
        pg_temp.listed(
            :shop, after_wallet_id => pg_temp.id_of('ann', 'fincra', 'b'), max_count => 2
        ),
        'ann fincra/c, ann paystack/b',
        'the second'
    ),
    (
        pg_temp.listed(
            :shop, after_wallet_id => pg_temp.id_of('ann', 'paystack', 'b'), max_count => 2
        ),
        'bob fincra/a',
        'the last, of another user'
    ),
    (
        pg_temp.listed(:shop, after_wallet_id => pg_temp.id_of('bob', 'fincra', 'a')),
        NULL,
        'behind the last is nothing'
    ),
    (
        pg_temp.listed(
            :shop, is_active => TRUE, after_wallet_id => pg_temp.id_of('ann', 'fincra', 'c')
        ),
        'ann paystack/b, bob fincra/a',
        'from behind a wallet that the list itself would not show'
    ),
    (
        pg_temp.listed(:shop, 'bob', after_wallet_id => pg_temp.id_of('ann', 'fincra', 'a')),
        'bob fincra/a',
        'from behind a wallet of a user before'
    ),
    (
        pg_temp.listed(:shop, after_wallet_id => 'wal_000000000000000000000000'),
        NULL,
        'behind an unknown wallet is nothing'
    ),
    (pg_temp.listed(:shop, max_count => 0), NULL, 'a page of nothing')
) AS asked (found, expected, label);

-- Refusals

SELECT
    throws_ok(
        format(
            'SELECT wallets.list_wallets(%s, given.user_id(''eve''), NULL, NULL, NULL, 1)', :shop
        ),
        'TL904', 'user does not exist', 'another organization''s user is as if not there'
    );
SELECT
    throws_ok(
        format('SELECT wallets.list_wallets(%s, NULL, ''stripe'', NULL, NULL, 1)', :shop),
        '22P02',
        'invalid input value for enum wallets.wallet_provider: "stripe"',
        'an unknown provider is refused'
    );

RESET ROLE;

SELECT is(:'off'::text, pg_temp.id_of('ann', 'fincra', 'c'), 'one of them was switched off');

SELECT * FROM finish();
ROLLBACK;
