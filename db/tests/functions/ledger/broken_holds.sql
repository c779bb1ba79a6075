-- broken_holds(): every account whose holds say otherwise, and no other.
\ir ../../support/begin.psql

SELECT plan(17);

-- Shape

SELECT
    is(
        given.shape('ledger.broken_holds(bigint, text)'),
        'stable invoker, private',
        'nobody but verify() calls it'
    );

-- Given two books with a history

SELECT given.history() AS shop \gset
SELECT given.account('cash') AS cash \gset
SET CONSTRAINTS ALL DEFERRED;
SELECT given.post(given.journal('fund', 'cash', 'wallet', 100)) AS posted \gset
SELECT given.hold('held', 30) AS held \gset
SELECT given.hold('part', 20) AS part \gset
SELECT given.resolve(:'part', 'settle', 'settle_part', '{"amount": "15"}') AS settled \gset
SET CONSTRAINTS ALL IMMEDIATE;

-- Acting as the owner

SET LOCAL ROLE pgtill_owner;

SELECT
    is(
        regexp_replace(
            given.found_after('broken_holds', cheat.statement, 'shop', :'cash'),
            'hold hold_[0-9a-f]{24}', 'H'
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
        $$ UPDATE ledger.accounts SET pending_out = pending_out + 1 WHERE name = 'cash' $$,
        'cash 6: what is pending is not what its open holds say',
        'more is pending'
    ),
    (
        $$ UPDATE ledger.accounts SET pending_in = pending_in + 1 $$,
        'cash 6: what is pending is not what its open holds say',
        '… to come'
    ),
    (
        $$ UPDATE ledger.holds SET amount = 31 WHERE idempotency_key = 'held' $$,
        'cash 6: what is pending is not what its open holds say',
        'more is held'
    ),
    (
        $$ UPDATE ledger.holds SET amount = 14 WHERE idempotency_key = 'part' $$,
        'cash 6: what settled H is not what was held',
        'less was held than settled'
    ),
    (
        $$ UPDATE ledger.hold_endings SET idempotency_key = 'fund' $$,
        'cash 6: what settled H is not what was held',
        'another journal settled it'
    ),
    (
        $$ UPDATE ledger.journals SET line_count = 3 WHERE idempotency_key = 'settle_part' $$,
        'cash 6: what settled H is not what was held',
        '… or one of more lines'
    ),
    (
        $$ DELETE FROM ledger.hold_links WHERE is_ending $$,
        'cash 6: H, or its ending, is not in the chain',
        'an ending in no chain'
    ),
    (
        $$
        DELETE FROM ledger.hold_links WHERE hold_id = (SELECT id FROM ledger.holds WHERE idempotency_key = 'held')
        $$,
        'cash 6: H, or its ending, is not in the chain',
        'a hold in no chain'
    ),
    (
        $$
        DELETE FROM ledger.hold_links
        WHERE account_id = (SELECT id FROM ledger.accounts WHERE public_id = given.account('wallet'))
        $$,
        'nothing',
        '… of the other account'
    ),
    (
        $$
        INSERT INTO ledger.hold_links (account_id, version, hold_id, is_ending, chain_hash)
        SELECT account_id, 9, hold_id, TRUE, chain_hash FROM ledger.hold_links AS link
        WHERE hold_id = (SELECT id FROM ledger.holds WHERE idempotency_key = 'held')
        $$,
        'cash 6: H, or its ending, is not in the chain',
        'an ending that is none'
    )
) AS cheat (statement, found, label);

-- Where it looks

SELECT
    is(
        given.found_after(
            'broken_holds',
            'UPDATE ledger.accounts SET pending_out = 7 WHERE name = ''sales'' AND version > 0',
            place.organization,
            place.account
        ),
        place.found,
        place.label
    )
FROM (
    VALUES
    (
        NULL, NULL, 'sales 4: what is pending is not what its open holds say,'
        ' sales 1: what is pending is not what its open holds say', 'everywhere'
    ),
    ('other', NULL, 'sales 1: what is pending is not what its open holds say', 'in one book'),
    ('other', :'cash', 'nothing', 'in no account of another book'),
    (NULL, 'acc_nowhere', 'nothing', 'in no account that is not there')
) AS place (organization, account, found, label);

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        'SELECT broken.* FROM ledger.broken_holds(NULL, NULL) AS broken',
        '42501', 'permission denied for function broken_holds', 'the service may not call it'
    );

SELECT * FROM finish();
ROLLBACK;
