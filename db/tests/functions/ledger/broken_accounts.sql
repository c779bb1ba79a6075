-- broken_accounts(): every account that its last entry does not end, and no other.
\ir ../../support/begin.psql

SELECT plan(22);

-- Shape

SELECT
    is(
        given.shape('ledger.broken_accounts(bigint, text)'),
        'stable invoker, private',
        'nobody but verify() calls it'
    );

-- Given two books with a history

SELECT given.history() AS shop \gset
SELECT given.account('cash') AS cash \gset

-- Acting as the owner

SET LOCAL ROLE pgtill_owner;

SELECT
    is(
        replace(
            given.found_after('broken_accounts', cheat.statement, 'shop', :'cash'),
            ': the account does not stand where its last entry says', ''
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
        $$ DELETE FROM ledger.entries WHERE version = 4 $$,
        'cash 4',
        'a tail cut off'
    ),
    (
        $$ DELETE FROM ledger.entries $$,
        'cash 4',
        'a whole history removed'
    ),
    (
        $$ UPDATE ledger.accounts SET balance = balance + 1 $$,
        'cash 4',
        'a balance'
    ),
    (
        $$ UPDATE ledger.accounts SET version = 3 $$,
        'cash 3',
        'a version'
    ),
    (
        $$ UPDATE ledger.accounts SET posted_at = NULL $$,
        'cash 4',
        'a time'
    ),
    (
        $$ UPDATE ledger.accounts SET chain_hash = sha256('x') $$,
        'cash 4',
        'a hash'
    ),
    (
        $$ UPDATE ledger.entries SET chain_hash = sha256('x') WHERE version = 4 $$,
        'cash 4',
        '… of the entry'
    ),
    (
        $$ UPDATE ledger.entries SET amount = 9 WHERE version = 2 $$,
        'nothing',
        'what came before is not looked at'
    )
) AS cheat (statement, found, label);

-- Accounts without entries

SELECT
    is(
        replace(
            given.found_after(
                'broken_accounts',
                format(
                    'UPDATE ledger.accounts SET %s WHERE version = 0 AND name = ''wallet''',
                    change.edit
                ),
                'shop'
            ),
            ': the account does not stand where its last entry says', ''
        ),
        'wallet 0',
        change.label
    )
FROM (
    VALUES
    ('floor = NULL', 'a limit'),
    ('type = ''revenue''', 'a type'),
    ('chain_hash = sha256(''x'')', 'what its chain begins with')
) AS change (edit, label);

-- An account that was last moved by a hold

RESET ROLE;
SET CONSTRAINTS ALL DEFERRED;
SELECT given.post(given.journal('fund', 'cash', 'wallet', 100)) AS posted \gset
SELECT given.hold('held', 30) AS held \gset
SELECT given.account('wallet') AS wallet \gset
SET CONSTRAINTS ALL IMMEDIATE;
SET LOCAL ROLE pgtill_owner;

SELECT
    is(
        replace(
            given.found_after('broken_accounts', cheat.statement, 'shop', :'wallet'),
            ': the account does not stand where its last entry says', ''
        ),
        cheat.found,
        cheat.label
    )
FROM (
    VALUES
    ($$ SELECT 1 $$, 'nothing', 'a hold after the last entry: untouched'),
    ($$ DELETE FROM ledger.hold_links $$, 'wallet 1', 'its link removed'),
    ($$ UPDATE ledger.hold_links SET chain_hash = sha256('x') $$, 'wallet 1', 'its hash'),
    ($$ UPDATE ledger.hold_links SET version = 0 $$, 'wallet 1', 'moved before the entry')
) AS cheat (statement, found, label);

-- Where it looks

SELECT
    is(
        replace(
            given.found_after(
                'broken_accounts', 'UPDATE ledger.accounts SET balance = 9 WHERE name = ''rent''',
                place.organization, place.account
            ),
            ': the account does not stand where its last entry says', ''
        ),
        place.found,
        place.label
    )
FROM (
    VALUES
    (
        NULL,
        NULL,
        'rent 0, rent 0',
        'everywhere'
    ),
    (
        'other',
        NULL,
        'rent 0',
        'in one book'
    ),
    ('other', :'cash', 'nothing', 'in no account of another book'),
    (NULL, 'acc_nowhere', 'nothing', 'in no account that is not there')
) AS place (organization, account, found, label);

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        'SELECT broken.* FROM ledger.broken_accounts(NULL, NULL) AS broken',
        '42501', 'permission denied for function broken_accounts', 'the service may not call it'
    );

SELECT * FROM finish();
ROLLBACK;
