-- broken_entries(): every entry that does not continue the one before, and no other.
\ir ../../support/begin.psql

SELECT plan(18);

-- Shape

SELECT
    is(
        given.shape('ledger.broken_entries(bigint, text)'),
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
        given.found_after('broken_entries', cheat.statement, 'shop', :'cash'),
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
        $$ DELETE FROM ledger.entries WHERE version = 2 $$,
        'cash 3: an entry before this one is missing',
        'a hole: the one behind it'
    ),
    (
        $$ DELETE FROM ledger.entries WHERE version = 1 $$,
        'cash 2: an entry before this one is missing',
        '… at the beginning'
    ),
    (
        $$ DELETE FROM ledger.entries WHERE version = 4 $$,
        'nothing',
        'a tail cut off leaves no hole'
    ),
    (
        $$ DELETE FROM ledger.journals WHERE idempotency_key = 'b' $$,
        'cash 2: its journal is missing',
        'a journal removed'
    ),
    (
        $$ UPDATE ledger.journals SET organization_id = 0 WHERE idempotency_key = 'b' $$,
        'cash 2: its journal is missing',
        '… or of another book than its entries'
    ),
    (
        $$ UPDATE ledger.entries SET recorded_at = 'tomorrow' WHERE version = 2 $$,
        'cash 2: its journal is missing, cash 3: it was recorded before the entry before it',
        '… or of another time'
    ),
    (
        $$
        ALTER TABLE ledger.entries DROP CONSTRAINT entries_account_fk;
        UPDATE ledger.entries SET currency = 'EUR' WHERE version = 2
        $$,
        'cash 2: its book or currency is not the account''s',
        'a currency'
    ),
    (
        $$ UPDATE ledger.entries SET amount = 9 WHERE version = 2 $$,
        'cash 2: its balance is not the one before and its amount',
        'an amount'
    ),
    (
        $$ UPDATE ledger.entries SET side = 'CREDIT' WHERE version = 2 AND side = 'DEBIT' $$,
        'cash 2: its balance is not the one before and its amount',
        'a side'
    ),
    (
        $$ UPDATE ledger.entries SET balance_after = 9 WHERE version = 2 $$,
        'cash 2: its balance is not the one before and its amount,'
        ' cash 3: its balance is not the one before and its amount',
        'a balance, to which the next does not follow either'
    ),
    (
        $$ UPDATE ledger.journals SET reason = 'other' $$,
        'nothing',
        'a reason is the hash to find'
    )
) AS cheat (statement, found, label);

-- Where it looks

SELECT
    is(
        given.found_after(
            'broken_entries',
            'DELETE FROM ledger.entries WHERE version = 1',
            place.organization,
            place.account
        ),
        place.found,
        place.label
    )
FROM (
    VALUES
    (
        NULL,
        NULL,
        'cash 2: an entry before this one is missing,'
        ' sales 2: an entry before this one is missing',
        'everywhere'
    ),
    ('other', NULL, 'nothing', 'in one book'),
    ('other', :'cash', 'nothing', 'in no account of another book'),
    (NULL, 'acc_nowhere', 'nothing', 'in no account that is not there')
) AS place (organization, account, found, label);

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        'SELECT broken.* FROM ledger.broken_entries(NULL, NULL) AS broken',
        '42501', 'permission denied for function broken_entries', 'the service may not call it'
    );

SELECT * FROM finish();
ROLLBACK;
