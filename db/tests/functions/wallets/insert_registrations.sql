-- insert_registrations(): which items claim a key and which make a wallet. What becomes of them is
-- walked in register_wallets.sql, what other sessions do to them in isolation/.
\ir ../../support/begin.psql

SELECT plan(4);

-- Shape

SELECT
    is(
        given.shape('wallets.insert_registrations(jsonb)'),
        'volatile invoker, private',
        'nobody but the owner calls it'
    );

-- Given a shop, with a key and a wallet

SELECT given.people() AS shop \gset

SELECT answer.outcome FROM given.register(given.registration('old', 'old key')) AS answer \gset

-- Acting as the owner

SET LOCAL ROLE pgtill_owner;

SELECT
    results_eq(
        $$
        SELECT
            ARRAY(SELECT unnest(done.claimed) ORDER BY 1),
            done.created,
            ARRAY(
                SELECT made.wallet ->> 'provider_account_id'
                FROM unnest(done.wallets) WITH ORDINALITY AS made (wallet, place)
                ORDER BY made.place
            ),
            done.raced
        FROM wallets.insert_registrations(
            jsonb_build_array(
                given.registration('a', 'x'),                      -- claims x, makes a
                given.registration('b', 'x'),                      -- x is for a
                given.registration('a', 'y'),                      -- claims y
                given.registration('b'),                           -- makes b
                given.registration('b', 'z'),                      -- claims z
                given.registration('c', 'old key'),                -- the key is used
                given.registration('old', 'new key'),              -- claims the key of a wallet there is
                given.registration('d', 'x', person => 'eve'),     -- no member
                given.registration('a', 'x', person => 'bob')      -- claims bob's x, makes bob's a
            )
        ) AS done
        $$,
        $$ VALUES (ARRAY[1, 3, 5, 7, 9], ARRAY[1, 4, 9], ARRAY['a', 'b', 'a'], '{}'::integer[]) $$,
        'the first of a key claims it, the first of a wallet makes it'
    );

RESET ROLE;

-- State after

SELECT is(:'outcome'::text, 'registered', 'there was a wallet before');
SELECT
    results_eq(
        'SELECT said.fact FROM given.wallet_facts() AS said',
        $$
        VALUES
        ('ann has fincra/a, made by key x'),
        ('ann has fincra/b, made by no key'),
        ('ann has fincra/old, made by key old key'),
        ('bob has fincra/a, made by key x'),
        ('key new key is for fincra/old'),
        ('key old key is for fincra/old'),
        ('key x is for fincra/a'),
        ('key x is for fincra/a'),
        ('key y is for fincra/a'),
        ('key z is for fincra/b'),
        ('1 of a: register_wallet'),
        ('1 of a: register_wallet'),
        ('1 of b: register_wallet'),
        ('1 of old: register_wallet')
        $$,
        'one wallet, one event; every key is remembered'
    );

SELECT * FROM finish();
ROLLBACK;
