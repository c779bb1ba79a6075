-- register_wallets(): the contract its COMMENT promises, clause by clause.
\ir ../../support/begin.psql

SELECT plan(26);

-- Shape

SELECT
    is(
        given.shape('wallets.register_wallets(jsonb)'),
        'volatile definer, pgtill_service',
        'only the service calls it, with the rights of the owner'
    );
SELECT
    is(
        pg_get_function_result('wallets.register_wallets(jsonb)'::regprocedure),
        'TABLE(item_position integer, outcome text, is_raced boolean, wallet jsonb)',
        'it answers one row an item'
    );

-- Given a shop with ann and bob, another organization with bob and eve

SELECT given.people() AS shop \gset

-- Acting as the service: registered

SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        $$
        SELECT
            answer.item_position,
            answer.outcome,
            answer.is_raced,
            answer.wallet - 'id'
        FROM wallets.register_wallets(
            jsonb_build_array(
                given.registration('1', 'k1', fields => '{"metadata": {"kyc": true}, "provider_customer_id": "c"}'),
                given.registration('2')
            )
        ) AS answer
        $$,
        format(
            $$
            VALUES
            (1, 'registered', FALSE, '{"user_id": "%1$s", "provider": "fincra", "provider_account_id": "1",
              "provider_customer_id": "c", "metadata": {"kyc": true}, "is_active": true,
              "created_at": "%2$s", "updated_at": "%2$s"}'::jsonb),
            (2, 'registered', FALSE, '{"user_id": "%1$s", "provider": "fincra", "provider_account_id": "2",
              "provider_customer_id": null, "metadata": {}, "is_active": true,
              "created_at": "%2$s", "updated_at": "%2$s"}')
            $$,
            given.user_id('ann'),
            to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
        ),
        'with a key or without, a wallet is registered, in input order'
    );
SELECT
    results_eq(
        $$
        SELECT answer.outcome, answer.wallet
        FROM given.register(
            given.registration('1', fields => '{"provider": "paystack"}'),
            given.registration('1', 'k1', person => 'bob')
        ) AS answer
        $$,
        $$ VALUES ('registered', 'paystack/1'), ('registered', 'fincra/1') $$,
        'the same account at another provider is another wallet, and of another user, whose key may'
        ' be the same'
    );

-- replayed, existing, idempotency_key_conflict

SELECT
    results_eq(
        format(
            $$
            SELECT answer.outcome, answer.wallet
            FROM wallets.register_wallets(
                jsonb_build_array(given.registration('1', %1$L, fields => %2$L))
            ) AS answer
            $$,
            again.key,
            '{"metadata": {"other": 1}, "provider_customer_id": "other"}'
        ),
        format(
            $$
            SELECT %1$L, first.wallet
            FROM wallets.list_wallets(given.organization_id(), given.user_id('ann'), 'fincra', NULL, NULL, 1) AS first
            $$,
            again.outcome
        ),
        format(
            '%s is %s, the wallet as it is: customer id and metadata are not overwritten',
            again.label, again.outcome
        )
    )
FROM (
    VALUES
    ('k1', 'replayed', 'the key again'),
    ('k2', 'existing', 'a new key'),
    ('k2', 'replayed', 'the new key again'),
    (NULL, 'existing', 'no key')
) AS again (key, outcome, label);
SELECT
    results_eq(
        format(
            'SELECT answer.outcome, answer.wallet FROM given.register(given.registration(%L, %L,'
            ' fields => %L)) AS answer',
            other.account, other.key, other.fields
        ),
        $$ VALUES ('idempotency_key_conflict', '') $$,
        format('a key for another %s is a conflict, and shows nothing', other.label)
    )
FROM (
    VALUES
    ('9', 'k1', '{}', 'account, not registered'),
    ('2', 'k1', '{}', 'account that is registered'),
    ('1', 'k1', '{"provider": "flutterwave"}', 'provider'),
    ('9', 'k2', '{}', 'account, with the key that came later')
) AS other (account, key, fields, label);

-- user_not_found, unsupported_provider

SELECT
    results_eq(
        $$
        SELECT answer.outcome, answer.wallet
        FROM given.register(
            given.registration('1', 'k1', person => 'eve'),
            given.registration('1', 'k1', organization => 'other'),
            given.registration('1', fields => '{"user_id": "usr_000000000000000000000000"}'),
            given.registration('1', fields => '{"user_id": null}'),
            given.registration('1', fields => '{"organization_id": null}'),
            given.registration('1', fields => '{"provider": "stripe"}'),
            given.registration('1', fields => '{"provider": null}'),
            given.registration('1')
        ) AS answer
        $$,
        $$
        VALUES
        ('user_not_found', ''), ('user_not_found', ''), ('user_not_found', ''), ('user_not_found', ''),
        ('user_not_found', ''), ('unsupported_provider', ''), ('unsupported_provider', ''),
        ('existing', 'fincra/1')
        $$,
        'who is no member is not found, what is no provider is refused; neighbours are not harmed'
    );
SELECT
    results_eq(
        $$
        SELECT answer.outcome, answer.wallet
        FROM given.register(given.registration('1', 'k9', person => 'bob', organization => 'other')) AS answer
        $$,
        $$ VALUES ('existing', 'fincra/1') $$,
        'every organization of a user sees the user''s wallets'
    );

-- Twice in one batch

SELECT
    results_eq(
        $$
        SELECT answer.outcome, answer.wallet
        FROM given.register(
            given.registration('3', 'k3'), given.registration('3', 'k3'), given.registration('4', 'k3'),
            given.registration('3', 'k4'), given.registration('4', 'k4'), given.registration('3'),
            given.registration('4'), given.registration('4', 'k5'), given.registration('4', 'k5')
        ) AS answer
        $$,
        $$
        VALUES
        ('registered', 'fincra/3'), ('replayed', 'fincra/3'), ('idempotency_key_conflict', ''),
        ('existing', 'fincra/3'), ('idempotency_key_conflict', ''), ('existing', 'fincra/3'),
        ('registered', 'fincra/4'), ('existing', 'fincra/4'), ('replayed', 'fincra/4')
        $$,
        'of one key the first says what it is for, of one wallet the first makes it'
    );

-- A wallet that is off

SELECT off.wallet ->> 'is_active' AS off
FROM wallets.list_wallets(:shop, given.user_id('ann'), 'fincra', NULL, NULL, 1) AS first
CROSS JOIN wallets.deactivate_wallet(:shop, first.wallet ->> 'id') AS off \gset

SELECT
    results_eq(
        $$
        SELECT answer.outcome, answer.wallet -> 'is_active'
        FROM wallets.register_wallets(
            jsonb_build_array(given.registration('1'), given.registration('1', 'k1'))
        ) AS answer
        $$,
        $$ VALUES ('existing', 'false'::jsonb), ('replayed', 'false') $$,
        'a wallet that is off is there, and stays off'
    );

-- No items

SELECT
    is_empty(
        'SELECT answer.* FROM wallets.register_wallets(''[]'') AS answer', 'no items, no answers'
    );

-- Refusals

SELECT
    throws_ok(
        format(
            'SELECT wallets.register_wallets(jsonb_build_array(given.registration(''fine''),'
            ' given.registration(''bad'', fields => %L)))',
            refused.fields
        ),
        refused.code,
        refused.message,
        refused.label
    )
FROM (
    VALUES
    (
        '{"provider_account_id": null}', '23502',
        'null value in column "provider_account_id" of relation "wallet_registry" violates'
        ' not-null constraint',
        'no account is refused, with its batch'
    ),
    (
        '{"provider_account_id": null, "idempotency_key": "k"}', '23502',
        'null value in column "provider_account_id" of relation "wallet_idempotency_keys" violates'
        ' not-null constraint',
        'no account with a key, too'
    ),
    (
        '{"provider_account_id": " a"}', '23514',
        'new row for relation "wallet_registry" violates check constraint'
        ' "wallet_registry_provider_account_id_shape"',
        'an account that is not trimmed is refused'
    ),
    (
        '{"idempotency_key": ""}', '23514',
        'new row for relation "wallet_idempotency_keys" violates check constraint'
        ' "wallet_idempotency_keys_key_length"',
        'an empty key is refused'
    )
) AS refused (fields, code, message, label);

SET LOCAL ROLE pgtill_operator;

SELECT
    throws_ok(
        'SELECT wallets.register_wallets(''[]'')',
        '42501', 'permission denied for function register_wallets', 'operators register nothing'
    );

RESET ROLE;

-- State after

SELECT
    results_eq(
        $$
        SELECT event.user_id, event.resource_type, event.details
        FROM wallets.audit_trail AS event
        WHERE event.action = 'register_wallet'
        ORDER BY event.user_id = given.user_id('bob'), event.details ->> 'provider_wallet_id',
            event.details ->> 'provider'
        $$,
        $$
        VALUES
        (given.user_id('ann'), 'wallet_registry',
            '{"provider": "fincra", "provider_wallet_id": "1", "idempotency_key": "k1"}'::jsonb),
        (given.user_id('ann'), 'wallet_registry',
            '{"provider": "paystack", "provider_wallet_id": "1", "idempotency_key": null}'),
        (given.user_id('ann'), 'wallet_registry',
            '{"provider": "fincra", "provider_wallet_id": "2", "idempotency_key": null}'),
        (given.user_id('ann'), 'wallet_registry',
            '{"provider": "fincra", "provider_wallet_id": "3", "idempotency_key": "k3"}'),
        (given.user_id('ann'), 'wallet_registry',
            '{"provider": "fincra", "provider_wallet_id": "4", "idempotency_key": null}'),
        (given.user_id('bob'), 'wallet_registry',
            '{"provider": "fincra", "provider_wallet_id": "1", "idempotency_key": "k1"}')
        $$,
        'one event a wallet, none for what was not registered'
    );
SELECT
    is(
        :'off'::text, 'false', 'one of them was switched off'
    );
SELECT is(count(*), 6::bigint, 'six wallets') FROM wallets.wallet_registry;
SELECT is_empty('SELECT broken.* FROM wallets.anomalies AS broken', 'nothing is amiss');

SELECT * FROM finish();
ROLLBACK;
