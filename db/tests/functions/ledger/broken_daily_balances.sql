-- broken_daily_balances(): every balance of a day that is not its last entry's, and no other.
\ir ../../support/begin.psql

SELECT plan(11);

-- Shape

SELECT
    is(
        given.shape('ledger.broken_daily_balances(bigint, text)'),
        'stable invoker, private',
        'nobody but verify() calls it'
    );

-- Given two books with a history

SELECT given.history() AS shop \gset
SELECT given.account('cash') AS cash \gset

INSERT INTO ledger.daily_balances (account_id, day, version, balance)
SELECT
    entry.account_id,
    (entry.recorded_at AT TIME ZONE 'UTC')::date,
    entry.version,
    entry.balance_after
FROM ledger.entries AS entry
INNER JOIN ledger.accounts AS account
    ON entry.account_id = account.id AND entry.version = account.version;

-- Acting as the owner

SET LOCAL ROLE pgtill_owner;

SELECT
    is(
        regexp_replace(
            given.found_after('broken_daily_balances', cheat.statement, 'shop', :'cash'),
            'the balance kept for \d{4}-\d\d-\d\d is not what its entries say', 'X'
        ),
        cheat.found,
        cheat.label
    )
FROM (
    VALUES
    (
        $$ SELECT 1 $$,
        'nothing',
        'untouched'
    ),
    (
        $$ UPDATE ledger.daily_balances SET balance = balance + 1 $$,
        'cash 4: X',
        'a balance'
    ),
    (
        $$ UPDATE ledger.daily_balances SET version = 3 WHERE version = 4 $$,
        'cash 3: X',
        'a version'
    ),
    (
        $$ UPDATE ledger.daily_balances SET day = day - 1 $$,
        'cash 4: X',
        'a day before the entry'
    ),
    (
        $$ UPDATE ledger.daily_balances SET balance = 6, version = 3 WHERE version = 4 $$,
        'cash 3: X',
        'an entry that was not the last of the day'
    )
) AS cheat (statement, found, label);

-- Where it looks

SELECT
    is(
        regexp_replace(
            given.found_after(
                'broken_daily_balances',
                'UPDATE ledger.daily_balances SET balance = 99',
                place.organization,
                place.account
            ),
            'the balance kept for \d{4}-\d\d-\d\d is not what its entries say', 'X', 'g'
        ),
        place.found,
        place.label
    )
FROM (
    VALUES
    (NULL, NULL, 'cash 4: X, sales 4: X, cash 1: X, sales 1: X', 'everywhere'),
    ('other', NULL, 'cash 1: X, sales 1: X', 'in one book'),
    ('other', :'cash', 'nothing', 'in no account of another book'),
    (NULL, 'acc_nowhere', 'nothing', 'in no account that is not there')
) AS place (organization, account, found, label);

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        'SELECT broken.* FROM ledger.broken_daily_balances(NULL, NULL) AS broken',
        '42501',
        'permission denied for function broken_daily_balances',
        'the service may not call it'
    );

SELECT * FROM finish();
ROLLBACK;
