-- refuse_key_change(): a used account keeps its key, for everybody.
\ir ../../support/begin.psql

SELECT plan(14);

-- Shape

SELECT
    is(
        given.shape('app.refuse_key_change()'),
        'volatile invoker, private',
        'nobody calls it'
    );
SELECT
    trigger_is(
        'app',
        'wallet_accounts',
        'wallet_accounts_used_keeps_key',
        'app',
        'refuse_key_change',
        'it stands on the accounts'
    );

-- Given a used account, and one that is not

SELECT given.shop() AS shop \gset

UPDATE app.wallet_accounts AS account
SET next_index = 1
WHERE account.id = 'wa_btc_regtest_001';

-- Acting as the owner

SET LOCAL ROLE pgtill_owner;

SELECT
    lives_ok(
        'UPDATE app.wallet_accounts SET parent_key_digest = repeat(''0'', 64) WHERE next_index = 0',
        'an account that is not used may be bound to another key'
    );
SELECT
    lives_ok(
        'UPDATE app.wallet_accounts SET parent_key_digest = repeat(''1'', 64), next_index = 1'
        ' WHERE id = ''wa_btc_testnet_001''',
        'until the moment that it is'
    );
SELECT
    lives_ok(
        'UPDATE app.wallet_accounts SET parent_key_digest = parent_key_digest, next_index = 2,'
        ' key_material_hash = repeat(''0'', 64), key_material_hash_algo = ''hmac-sha256'''
        ' WHERE id = ''wa_btc_regtest_001''',
        'a used one goes on, under another secret, too'
    );

-- Refusals: the owner, the superuser, and the superuser where ordinary triggers are off

RESET ROLE;

CREATE TEMPORARY TABLE attempts (statement, label) AS
VALUES
(
    'UPDATE app.wallet_accounts SET parent_key_digest = repeat(''0'', 64)'
    ' WHERE id = ''wa_btc_regtest_001''',
    'another key'
),
(
    'UPDATE app.wallet_accounts SET parent_key_digest = NULL WHERE id = ''wa_btc_regtest_001''',
    'no key'
);

GRANT SELECT ON attempts TO pgtill_owner;

SET LOCAL ROLE pgtill_owner;

SELECT
    throws_ok(
        attempt.statement,
        'TL011',
        'a used wallet account keeps its key',
        format('%s, by the owner', attempt.label)
    )
FROM attempts AS attempt;

RESET ROLE;

SELECT
    throws_ok(
        attempt.statement,
        'TL011',
        'a used wallet account keeps its key',
        format('%s, by the superuser', attempt.label)
    )
FROM attempts AS attempt;

SET LOCAL session_replication_role = replica;

SELECT
    throws_ok(
        attempt.statement,
        'TL011',
        'a used wallet account keeps its key',
        format('%s, as a replica would', attempt.label)
    )
FROM attempts AS attempt;

SET LOCAL session_replication_role = origin;

SELECT
    throws_ok(
        $$
        SELECT app.activate_wallet_account(
            'wa_btc_regtest_001', 'bitcoin', 'regtest', 'ks_btc_regtest', repeat('0', 64), repeat('0', 64)
        )
        $$,
        'TL011', 'a used wallet account keeps its key', 'and not by a start-up'
    );
SELECT
    throws_ok(
        $$
        UPDATE app.wallet_accounts SET parent_key_digest = repeat('0', 64), next_index = 0
        WHERE id = 'wa_btc_regtest_001'
        $$,
        'TL004', 'cursor of a wallet account never goes back', 'nor by beginning anew'
    );

-- State after

SELECT
    is(
        account.parent_key_digest, given.digest('btc regtest'), 'the account has the key it had'
    )
FROM app.wallet_accounts AS account
WHERE account.id = 'wa_btc_regtest_001';

SELECT * FROM finish();
ROLLBACK;
