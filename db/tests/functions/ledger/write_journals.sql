-- write_journals(): journals with their entries, and the hash of a chain where an account's end.
\ir ../../support/begin.psql

SELECT plan(14);

-- Shape

SELECT
    is(
        given.shape(
            'ledger.write_journals('
            'ledger.journals[], ledger.entries[], integer[], bigint[], bytea[])'
        ),
        'volatile invoker, private',
        'nobody but insert_journals() calls it'
    );

-- Given a book

SELECT given.book() AS shop \gset

-- An entry of a journal of the shop.
CREATE FUNCTION pg_temp.entry(
    journal ledger.journals, line integer, account text, side text, amount numeric, version bigint,
    balance_after numeric
)
RETURNS ledger.entries
LANGUAGE sql
BEGIN ATOMIC
    SELECT made.*
    FROM ledger.accounts AS owned
    CROSS JOIN
        LATERAL jsonb_populate_record(
            NULL::ledger.entries,
            jsonb_build_object(
                'journal_id', (entry.journal).id,
                'line', entry.line,
                'line_count', (entry.journal).line_count,
                'organization_id', (entry.journal).organization_id,
                'recorded_at', (entry.journal).recorded_at,
                'account_id', owned.id,
                'currency', owned.currency,
                'side', entry.side,
                'amount', entry.amount,
                'version', entry.version,
                'balance_after', entry.balance_after
            )
        ) AS made
    WHERE owned.public_id = given.account(entry.account);
END;

-- Writes a journal of its own: cash is debited, sales credited, from where they stand.
CREATE FUNCTION pg_temp.write(key text, debit numeric, credit numeric, fields jsonb DEFAULT '{}')
RETURNS void
LANGUAGE plpgsql
AS $function$
DECLARE
    _journal ledger.journals := ledger.new_journal(
        given.journal(write.key, 'cash', 'sales', 1) || write.fields, 2, clock_timestamp()
    );
    _cash ledger.accounts;
    _sales ledger.accounts;
BEGIN
    SELECT account.* INTO _cash FROM ledger.accounts AS account
    WHERE account.public_id = given.account('cash');
    SELECT account.* INTO _sales FROM ledger.accounts AS account
    WHERE account.public_id = given.account('sales');
    PERFORM ledger.write_journals(
        ARRAY[_journal],
        ARRAY[
            pg_temp.entry(
                _journal, 1, 'cash', 'DEBIT', write.debit, _cash.version + 1,
                _cash.balance + write.debit
            ),
            pg_temp.entry(
                _journal, 2, 'sales', 'CREDIT', write.credit, _sales.version + 1,
                _sales.balance + write.credit
            )
        ],
        '{1,2}', ARRAY[_cash.version + 1, _sales.version + 1], '{cash,sales}'
    );
END
$function$;

-- Acting as the owner: two journals, of which cash has three entries and the others one

SET LOCAL ROLE pgtill_owner;

SELECT
    lives_ok(
        $test$
        DO $do$
        DECLARE
            _late ledger.journals := ledger.new_journal(given.journal('z', 'cash', 'sales', 1), 2, now());
            _early ledger.journals := ledger.new_journal(given.journal('a', 'cash', 'rent', 1), 2, now());
        BEGIN
            PERFORM ledger.write_journals(
                ARRAY[_late, _early],
                ARRAY[
                    pg_temp.entry(_late, 1, 'cash', 'DEBIT', 9, 1, 9),
                    pg_temp.entry(_late, 2, 'cash', 'CREDIT', 9, 2, 0),
                    pg_temp.entry(_early, 1, 'rent', 'DEBIT', 4, 1, 4),
                    pg_temp.entry(_early, 2, 'cash', 'CREDIT', 4, 3, -4)
                ],
                '{2,2,1,2}', '{1,3}', '{of rent,of cash}'
            );
        END
        $do$
        $test$,
        'what continues its accounts and balances is written'
    );
SELECT
    results_eq(
        $$
        SELECT
            journal.idempotency_key COLLATE "default", entry.line::integer, account.name COLLATE "default",
            entry.side::text, entry.amount, entry.version, entry.balance_after,
            CASE entry.chain_hash
                WHEN sha256('of rent') THEN 'of rent' WHEN sha256('of cash') THEN 'of cash'
            END
        FROM ledger.entries AS entry
        INNER JOIN ledger.journals AS journal ON journal.id = entry.journal_id
        INNER JOIN ledger.accounts AS account ON account.id = entry.account_id
        ORDER BY entry.journal_id, entry.line
        $$,
        $$
        VALUES
        ('z', 1, 'cash', 'DEBIT', 9::numeric, 1::bigint, 9::numeric, NULL),
        ('z', 2, 'cash', 'CREDIT', 9, 2, 0, NULL),
        ('a', 1, 'rent', 'DEBIT', 4, 1, 4, 'of rent'),
        ('a', 2, 'cash', 'CREDIT', 4, 3, -4, 'of cash')
        $$,
        'each entry as it was given, and in the last of an account the hash of its chain'
    );
SELECT
    results_eq(
        $$
        SELECT journal.idempotency_key COLLATE "default"
        FROM ledger.journals AS journal
        ORDER BY journal.ctid
        $$,
        $$ VALUES ('a'), ('z') $$,
        'keys are inserted in their order, which is that of locks'
    );
SELECT is(given.balances('cash', 'rent'), '-4 at 3, 4 at 1', 'the accounts move with it');
SELECT
    is(
        (
            SELECT account.chain_hash
            FROM ledger.accounts AS account
            WHERE account.public_id = given.account('cash')
        ),
        sha256('of cash'),
        '… and remember the hash'
    );

-- One statement: immediate constraints hold at its end

SET CONSTRAINTS ALL IMMEDIATE;

SELECT lives_ok($$ SELECT pg_temp.write('b', 5, 5) $$, 'a journal that balances, checked at once');
SELECT
    throws_ok(
        $$ SELECT pg_temp.write('c', 5, 6) $$,
        'TL301',
        'journal does not balance',
        '… and one that does not'
    );

-- What was used meanwhile

SELECT
    throws_ok(
        $$ SELECT pg_temp.write('a', 5, 5) $$,
        '23505', 'duplicate key value violates unique constraint "journals_idempotency_key_unique"',
        'a key that is there'
    );
SELECT
    lives_ok(
        format(
            $$
            SET CONSTRAINTS ALL DEFERRED;
            INSERT INTO ledger.journals (
                public_id, organization_id, idempotency_key, request_hash, reason, actor, event_at,
                recorded_at, reverses, line_count
            )
            SELECT
                'jrn_' || repeat('0', 24), %s, 'taken_back', sha256(''), 'r', 'a', now(), now(), journal.id, 2
            FROM ledger.journals AS journal
            WHERE journal.idempotency_key = 'b'
            $$,
            :shop
        ),
        'given that one is taken back'
    );
SELECT
    throws_ok(
        format(
            $$ SELECT pg_temp.write('d', 5, 5, '{"reverses": %s}') $$,
            (
                SELECT journal.id FROM ledger.journals AS journal
                WHERE journal.idempotency_key = 'b'
            )
        ),
        '23505', 'duplicate key value violates unique constraint "journals_reverses_unique"',
        'it cannot be taken back again'
    );

-- Nothing

SELECT
    lives_ok(
        $$ SELECT ledger.write_journals('{}', '{}', '{}', '{}', '{}') $$,
        'nothing to write, nothing written'
    );
SELECT is(given.balances('cash', 'sales'), '1 at 4, 5 at 1', 'what was refused moved nothing');

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        $$ SELECT ledger.write_journals('{}', '{}', '{}', '{}', '{}') $$,
        '42501', 'permission denied for function write_journals', 'the service may not call it'
    );

SELECT * FROM finish();
ROLLBACK;
