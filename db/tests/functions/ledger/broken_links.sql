-- broken_links(): every hash that is not over its entries, and no other.
\ir ../../support/begin.psql

SELECT plan(21);

-- Shape

SELECT
    is(
        given.shape('ledger.broken_links(bigint, text)'),
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
        given.found_after('broken_links', cheat.statement, 'shop', :'cash'),
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
        $$ UPDATE ledger.journals SET reason = 'other' WHERE idempotency_key = 'a' $$,
        'cash 1: it, or the account, was changed',
        'a reason, of a call with one entry'
    ),
    (
        $$ UPDATE ledger.journals SET actor = 'other' WHERE idempotency_key = 'b' $$,
        'cash 3: it, or one since version 2, was changed',
        'an actor, in the middle of a call: where the call ended'
    ),
    (
        $$ UPDATE ledger.journals SET event_at = '2000-01-01' WHERE idempotency_key = 'd' $$,
        'cash 4: it was changed',
        'a time, at the end'
    ),
    (
        $$ UPDATE ledger.journals SET recorded_at = '2000-01-01' WHERE idempotency_key = 'd' $$,
        'cash 4: it was changed',
        '… and the other'
    ),
    (
        $$ DELETE FROM ledger.journals WHERE idempotency_key = 'd' $$,
        'cash 4: it was changed',
        'a journal removed'
    ),
    (
        $$ UPDATE ledger.entries SET amount = 9, balance_after = 9 WHERE version = 1 $$,
        'cash 1: it, or the account, was changed',
        'an amount with its balance'
    ),
    (
        $$ DELETE FROM ledger.entries WHERE version = 2 $$,
        'cash 3: it was changed',
        'an entry of a call of two removed'
    ),
    (
        $$ DELETE FROM ledger.entries WHERE version = 1 $$,
        'cash 3: it, or one since version 2, or the account, was changed',
        'a whole call removed: the next is not over its hash'
    ),
    (
        $$ UPDATE ledger.accounts SET name = 'a' || name $$,
        'acash 1: it, or the account, was changed',
        'a name'
    ),
    (
        $$ UPDATE ledger.currencies SET exponent = 3 $$,
        'cash 1: it, or the account, was changed',
        'a decimal point'
    ),
    (
        $$ UPDATE ledger.entries SET chain_hash = sha256('x') WHERE version = 1 $$,
        'cash 1: it, or the account, was changed, cash 3: it, or one since version 2, was changed',
        'a hash: neither its own entries nor the next follow'
    ),
    (
        $$ UPDATE ledger.entries SET chain_hash = NULL WHERE version = 3 $$,
        'cash 4: it, or one since version 2, was changed',
        'a hash removed: the next is not over so many'
    ),
    (
        $$ UPDATE ledger.entries SET chain_hash = NULL WHERE version = 4 $$,
        'cash 4: the hash of the last entry is missing',
        '… and no next one'
    ),
    (
        $$ DELETE FROM ledger.entries WHERE version = 4 $$,
        'nothing',
        'a tail cut off leaves whole links'
    )
) AS cheat (statement, found, label);

-- Where it looks

SELECT
    is(
        given.found_after(
            'broken_links',
            'UPDATE ledger.entries SET amount = 9 WHERE version = 1',
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
        'cash 1: it, or the account, was changed, sales 1: it, or the account, was changed,'
        ' cash 1: it, or the account, was changed, sales 1: it, or the account, was changed',
        'everywhere'
    ),
    (
        'other',
        NULL,
        'cash 1: it, or the account, was changed, sales 1: it, or the account, was changed',
        'in one book'
    ),
    ('other', :'cash', 'nothing', 'in no account of another book'),
    (NULL, 'acc_nowhere', 'nothing', 'in no account that is not there')
) AS place (organization, account, found, label);

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        'SELECT broken.* FROM ledger.broken_links(NULL, NULL) AS broken',
        '42501', 'permission denied for function broken_links', 'the service may not call it'
    );

SELECT * FROM finish();
ROLLBACK;
