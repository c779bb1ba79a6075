-- verify(): names the first broken link, and is silent where there is none.
\ir ../../support/begin.psql

SELECT plan(17);

-- Shape

SELECT
    is(
        given.shape('ledger.verify(bigint, text)'),
        'stable definer, pgtill_auditor pgtill_operator pgtill_service',
        'service, operators and auditors verify'
    );

-- Given two books with a history

SELECT given.history() AS shop \gset
SELECT
    given.account('cash') AS cash,
    given.account('sales') AS sales
\gset

SELECT is(given.found_after('verify', 'SELECT 1'), 'nothing', 'untouched: no row');
SELECT is(given.found_after('verify', cheat.statement), cheat.found, cheat.found)
FROM (
    VALUES
    (
        'UPDATE ledger.journals SET reason = ''other'' WHERE idempotency_key = ''a''',
        'cash 1: it, or the account, was changed'
    ),
    (
        'UPDATE ledger.journals SET actor = ''other'' WHERE idempotency_key = ''b''',
        'cash 3: it, or one since version 2, was changed'
    ),
    (
        'UPDATE ledger.entries SET amount = 9 WHERE version = 2',
        'cash 2: its balance is not the one before and its amount'
    ),
    (
        'DELETE FROM ledger.entries WHERE version = 2',
        'cash 3: an entry before this one is missing'
    ),
    (
        'DELETE FROM ledger.journals WHERE idempotency_key = ''b''',
        'cash 2: its journal is missing'
    ),
    (
        'UPDATE ledger.entries SET chain_hash = NULL WHERE version = 4',
        'cash 4: the account does not stand where its last entry says'
    ),
    (
        'DELETE FROM ledger.entries WHERE version = 4',
        'cash 4: the account does not stand where its last entry says'
    ),
    (
        'UPDATE ledger.accounts SET balance = balance + 1 WHERE version = 4',
        'cash 4: the account does not stand where its last entry says'
    ),
    (
        'UPDATE ledger.accounts SET pending_in = 1 WHERE version = 4',
        'cash 4: what is pending is not what its open holds say'
    ),
    (
        $$
        INSERT INTO ledger.daily_balances (account_id, day, version, balance)
        SELECT account_id, '2000-01-01', version, balance_after
        FROM ledger.entries WHERE version = 4 AND side = 'DEBIT'
        $$,
        'cash 4: the balance kept for 2000-01-01 is not what its entries say'
    ),
    (
        $$
        INSERT INTO ledger.journals (public_id, organization_id, idempotency_key, request_hash, reason, actor, event_at, recorded_at, line_count)
        SELECT 'jrn_' || repeat('0', 24), organization_id, 'f', request_hash, 'r', 'a', now(), now(), 2
        FROM ledger.journals LIMIT 1
        $$,
        'nowhere : journal jrn_000000000000000000000000 has no line'
    )
) AS cheat (statement, found);

-- Where it looks

SELECT
    is(
        given.found_after(
            'verify',
            'UPDATE ledger.entries SET chain_hash = sha256(''x'') WHERE version = 1',
            'shop',
            :'sales'
        ),
        'sales 1: it, or the account, was changed',
        'in one account'
    );
SELECT
    is(
        given.found_after(
            'verify',
            format(
                'UPDATE ledger.entries SET amount = 9 WHERE version = 1 AND organization_id = %s',
                :shop
            ),
            'other'
        ),
        'nothing',
        'in one book: not in another'
    );
SELECT
    is_empty(
        'SELECT broken.* FROM ledger.verify(NULL, ''acc_nowhere'') AS broken',
        'no such account: no row'
    );
SELECT is_empty('SELECT broken.* FROM ledger.verify() AS broken', 'what was tried was taken back');

SELECT * FROM finish();
ROLLBACK;
