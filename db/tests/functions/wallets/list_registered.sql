-- list_registered(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(7);

-- Shape

SELECT
    is(
        given.shape('wallets.list_registered(text[], text[], text[])'),
        'stable definer, pgtill_auditor pgtill_operator',
        'operators and auditors call it'
    );

-- Given wallets of ann, of the shop, one with a key and one without, and one of bob, of both
-- organizations, with a key of the same name

SELECT given.people() AS shop \gset

SELECT jsonb_agg(answer.wallet ORDER BY answer.item_position) AS wallets
FROM wallets.register_wallets(
    jsonb_build_array(
        given.registration('a', 'k1'), given.registration('b'), given.registration('c', 'k1', 'bob')
    )
) AS answer \gset

SELECT
    :'wallets'::jsonb #>> '{0,id}' AS a,
    :'wallets'::jsonb #>> '{1,id}' AS b,
    :'wallets'::jsonb #>> '{2,id}' AS c,
    max(tenant.public_id) FILTER (WHERE tenant.name = 'shop') AS shop_id,
    max(tenant.public_id) FILTER (WHERE tenant.name = 'other') AS other_id
FROM identity.organizations AS tenant \gset

-- Acting as an operator

SET LOCAL ROLE pgtill_operator;

SELECT
    results_eq(
        format(
            $$
            SELECT answer.answer_position, answer.wallet, answer.key_wallet_id COLLATE "default"
            FROM wallets.list_registered(%L::text[], %L::text[], %L::text[]) AS answer
            $$,
            ARRAY[
                :'shop_id', :'shop_id', :'shop_id', :'other_id', :'other_id', :'shop_id', 'org_no'
            ],
            ARRAY[:'b', :'a', :'a', :'a', :'c', 'wal_nothing', :'a'],
            ARRAY[NULL, 'k1', 'k2', 'k1', 'k1', 'k1', 'k1']
        ),
        format(
            $$
            SELECT wanted.place::bigint, told.wallets -> wanted.nth, wanted.key_wallet
            FROM (
                VALUES (1, 1, NULL), (2, 0, %L), (3, 0, NULL), (4, NULL, NULL), (5, 2, %L),
                    (6, NULL, NULL), (7, NULL, NULL)
            ) AS wanted (place, nth, key_wallet)
            CROSS JOIN (SELECT %L::jsonb) AS told (wallets)
            $$,
            :'a', :'c', :'wallets'
        ),
        'each wallet of the organization''s members, in the order asked; what its user''s key names'
    );

SELECT
    results_eq(
        format(
            $$
            SELECT answer.key_wallet_id COLLATE "default"
            FROM wallets.list_registered(%L::text[], %L::text[], %L::text[]) AS answer
            $$,
            ARRAY[:'shop_id'], ARRAY[:'b'], ARRAY['k1']
        ),
        format('VALUES (%L)', :'a'),
        'a key that names another wallet of the user'
    );

SELECT
    is_empty(
        $$ SELECT answer.* FROM wallets.list_registered('{}', '{}', '{}') AS answer $$,
        'nothing asked, nothing answered'
    );

-- It is told as it stands

RESET ROLE;
SELECT wallets.deactivate_wallet(:shop, :'a') AS deactivated \gset

SET LOCAL ROLE pgtill_auditor;

SELECT is(answer.wallet -> 'is_active', 'false', 'an auditor asks too; it is told as it stands')
FROM wallets.list_registered(ARRAY[:'shop_id'], ARRAY[:'a'], ARRAY[NULL]) AS answer;

-- Refusals

SELECT
    throws_ok(
        $$ SELECT used_key.idempotency_key FROM wallets.wallet_idempotency_keys AS used_key $$,
        '42501',
        'permission denied for table wallet_idempotency_keys',
        'an auditor has no other way to the keys'
    );

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        $$ SELECT wallets.list_registered('{}', '{}', '{}') $$,
        '42501',
        'permission denied for function list_registered',
        'the service never lists wallets of all organizations'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
