-- broken_links(): every hash that is not over its entries, and no other.
\ir ../../support/begin.psql

SELECT plan(32);

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

-- Holds: of the wallet, after its first entry one that was released, one that settled as its second

SELECT given.account('wallet') AS wallet \gset
RESET ROLE;
SET CONSTRAINTS ALL DEFERRED;
SELECT given.post(given.journal('fund', 'cash', 'wallet', 100)) AS posted \gset
SELECT given.hold('h1', 30) AS h1 \gset
SELECT given.hold('h2', 20) AS h2 \gset
SELECT given.resolve(:'h1', 'release', 'r1') AS released \gset
SELECT given.resolve(:'h2', 'settle', 's2') AS settled \gset
SET CONSTRAINTS ALL IMMEDIATE;
SET LOCAL ROLE pgtill_owner;

SELECT
    is(
        replace(
            replace(
                given.found_after('broken_links', cheat.statement, 'shop', :'wallet'),
                :'h1', 'h1'
            ),
            :'h2', 'h2'
        ),
        cheat.found,
        cheat.label
    )
FROM (
    VALUES
    ($$ SELECT 1 $$, 'nothing', 'holds untouched'),
    (
        $$ UPDATE ledger.holds SET reason = 'other' WHERE idempotency_key = 'h1' $$,
        'wallet 1: hold h1 after it was changed',
        'a hold: neither it nor its ending is over its hash, and the first is named'
    ),
    (
        $$ UPDATE ledger.hold_endings SET actor = 'other' WHERE idempotency_key = 'r1' $$,
        'wallet 1: hold h1 after it was changed',
        'an ending: the hold is as it was'
    ),
    (
        $$
        UPDATE ledger.hold_endings SET recorded_at = '2020-01-01' WHERE idempotency_key = 's2'
        $$,
        'wallet 1: hold h2 after it was changed',
        '… of another kind'
    ),
    (
        $$ DELETE FROM ledger.hold_endings WHERE idempotency_key = 'r1' $$,
        'wallet 1: hold h1 after it was changed',
        'an ending removed'
    ),
    (
        $$
        DELETE FROM ledger.hold_links WHERE is_ending AND hold_id = (SELECT min(id) FROM ledger.holds)
        $$,
        'wallet 1: hold h2 after it was changed',
        'a link removed: the next does not follow'
    ),
    (
        $$
        DELETE FROM ledger.hold_links WHERE is_ending AND hold_id = (SELECT max(id) FROM ledger.holds)
        $$,
        'wallet 2: it was changed',
        '… before an entry, which does not follow'
    ),
    (
        $$
        UPDATE ledger.hold_links SET version = 2
        WHERE is_ending AND hold_id = (SELECT min(id) FROM ledger.holds)
        $$,
        'wallet 1: hold h2 after it was changed, wallet 2: hold h1 after it was changed',
        'a link moved behind an entry'
    ),
    (
        $$
        ALTER TABLE ledger.hold_links DROP CONSTRAINT hold_links_hold_fk;
        DELETE FROM ledger.hold_links WHERE hold_id = (SELECT max(id) FROM ledger.holds);
        DELETE FROM ledger.hold_endings WHERE idempotency_key = 's2';
        ALTER TABLE ledger.open_holds DROP CONSTRAINT open_holds_hold_fk;
        DELETE FROM ledger.holds WHERE idempotency_key = 'h2'
        $$,
        'wallet 1: hold h1 after it was changed, wallet 2: it was changed',
        'a hold removed with all that speaks of it'
    ),
    (
        $$ UPDATE ledger.entries SET amount = 9, balance_after = 9 WHERE version = 1 $$,
        'wallet 1: it, or the account, was changed',
        'an entry before a hold'
    ),
    (
        $$ UPDATE ledger.entries SET chain_hash = NULL WHERE version = 1 $$,
        'wallet 1: hold h1 after it, or the account, was changed',
        'a hash before a hold removed: the hold is not over so much'
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
        ' wallet 1: it, or the account, was changed,'
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
