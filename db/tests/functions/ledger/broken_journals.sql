-- broken_journals(): every entry of a journal that is not whole, and no other.
\ir ../../support/begin.psql

SELECT plan(14);

-- Shape

SELECT
    is(
        given.shape('ledger.broken_journals(bigint, text)'),
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
        given.found_after('broken_journals', cheat.statement, 'shop', :'cash'),
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
        $$
        DELETE FROM ledger.entries AS entry
        USING ledger.accounts AS account
        WHERE entry.account_id = account.id AND account.name = 'sales' AND entry.version = 1
        $$,
        'cash 1: its journal does not balance',
        'a leg removed: the other one'
    ),
    (
        $$ UPDATE ledger.entries SET amount = 9 WHERE side = 'DEBIT' AND version = 2 $$,
        'cash 2: its journal does not balance',
        'one leg is more than the other'
    ),
    (
        $$ UPDATE ledger.entries SET line_count = 3 WHERE version = 3 $$,
        'cash 3: its journal lacks a line',
        'a line that never was'
    ),
    (
        $$ DELETE FROM ledger.entries $$,
        'nothing',
        'journals without any entry are in no account'
    ),
    (
        $$
        ALTER TABLE ledger.entries DROP CONSTRAINT entries_account_fk;
        UPDATE ledger.entries SET currency = 'EUR' WHERE version = 4 AND side = 'DEBIT'
        $$,
        'cash 4: its journal does not balance',
        'one sum in two currencies'
    )
) AS cheat (statement, found, label);

-- Journals without entries

SELECT
    is(
        regexp_replace(
            given.found_after('broken_journals', 'DELETE FROM ledger.entries', place.organization),
            'jrn_[0-9a-f]{24}', 'j', 'g'
        ),
        place.found,
        place.label
    )
FROM (
    VALUES
    ('other', 'nowhere : journal j has no line', 'of a book'),
    (
        NULL,
        concat_ws(
            ', ', VARIADIC array_fill('nowhere : journal j has no line'::text, ARRAY[5])
        ),
        'of all'
    )
) AS place (organization, found, label);

-- Where it looks

SELECT
    is(
        given.found_after(
            'broken_journals',
            'UPDATE ledger.entries SET line_count = 3 WHERE version = 1',
            place.organization,
            place.account
        ),
        place.found,
        place.label
    )
FROM (
    VALUES
    (
        NULL, NULL, 'cash 1: its journal lacks a line, sales 1: its journal lacks a line,'
        ' cash 1: its journal lacks a line, sales 1: its journal lacks a line', 'everywhere'
    ),
    (
        'other',
        NULL,
        'cash 1: its journal lacks a line, sales 1: its journal lacks a line',
        'in one book'
    ),
    ('other', :'cash', 'nothing', 'in no account of another book'),
    (NULL, 'acc_nowhere', 'nothing', 'in no account that is not there')
) AS place (organization, account, found, label);

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        'SELECT broken.* FROM ledger.broken_journals(NULL, NULL) AS broken',
        '42501', 'permission denied for function broken_journals', 'the service may not call it'
    );

SELECT * FROM finish();
ROLLBACK;
