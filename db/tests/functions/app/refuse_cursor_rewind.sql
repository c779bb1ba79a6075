-- refuse_cursor_rewind(): a cursor never goes back, for everybody.
\ir ../../support/begin.psql

SELECT plan(8);

-- Shape

SELECT
    is(
        given.shape('app.refuse_cursor_rewind()'),
        'volatile invoker, private',
        'nobody calls it'
    );
SELECT
    trigger_is(
        'app',
        'wallet_accounts',
        'wallet_accounts_cursor_never_goes_back',
        'app',
        'refuse_cursor_rewind',
        'it stands on the accounts'
    );

-- Given a used account

SELECT given.shop() AS shop \gset

UPDATE app.wallet_accounts AS account
SET next_index = 7
WHERE account.id = 'wa_btc_regtest_001';

-- Acting as the owner

SET LOCAL ROLE pgtill_owner;

SELECT
    lives_ok(
        'UPDATE app.wallet_accounts SET next_index = 8 WHERE id = ''wa_btc_regtest_001''',
        'on it goes'
    );
SELECT
    lives_ok(
        'UPDATE app.wallet_accounts SET next_index = 8 WHERE id = ''wa_btc_regtest_001''',
        'and stays'
    );

-- Refusals: the owner, the superuser, and the superuser where ordinary triggers are off

SELECT
    throws_ok(
        'UPDATE app.wallet_accounts SET next_index = 7 WHERE id = ''wa_btc_regtest_001''',
        'TL004', 'cursor of a wallet account never goes back', 'but never back'
    );

RESET ROLE;

SELECT
    throws_ok(
        'UPDATE app.wallet_accounts SET next_index = 0 WHERE id = ''wa_btc_regtest_001''',
        'TL004', 'cursor of a wallet account never goes back', 'not by the superuser'
    );

SET LOCAL session_replication_role = replica;

SELECT
    throws_ok(
        'UPDATE app.wallet_accounts SET next_index = 0 WHERE id = ''wa_btc_regtest_001''',
        'TL004', 'cursor of a wallet account never goes back', 'not as a replica would'
    );

SET LOCAL session_replication_role = origin;

-- State after

SELECT
    is(
        account.next_index, 8::bigint, 'the cursor stands where it stood'
    )
FROM app.wallet_accounts AS account
WHERE account.id = 'wa_btc_regtest_001';

SELECT * FROM finish();
ROLLBACK;
