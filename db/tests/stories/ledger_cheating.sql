-- Seventy-nine ways to cheat a ledger: each is refused, or found by verify().
\ir ../support/begin.psql

SELECT plan(83);

-- Given a book with some history

SELECT given.book() AS shop \gset
SELECT given.post(
    given.journal('j1', 'cash', 'sales', 100), given.journal('j2', 'rent', 'cash', 30),
    given.journal('j3', 'cash', 'wallet', 20)
) AS posted \gset
SELECT given.hold('h1', 7) AS held \gset
SELECT given.resolve(given.hold('h2', 3), 'settle', 's2') AS settled \gset
SELECT given.post(given.journal('j4', 'cash', 'sales', 5)) AS posted \gset
SELECT given.post(given.journal('k1', 'cash', 'sales', 5, '{}', 'other')) AS posted \gset
SET CONSTRAINTS ALL IMMEDIATE;

-- Tries it, says what stopped it or who found it, and takes it back.
CREATE FUNCTION pg_temp.fate_of(statements text)
RETURNS text
LANGUAGE plpgsql
AS $function$
DECLARE
    _found text;
BEGIN
    BEGIN
        EXECUTE statements;
        SET CONSTRAINTS ALL IMMEDIATE;
        SELECT
            format('found: %s', regexp_replace(broken.problem, '(hold|jrn)_[0-9a-f]{24}', '\1_…'))
        INTO _found
        FROM ledger.verify() AS broken;
        RAISE EXCEPTION 'take it back' USING ERRCODE = 'T0000';
    EXCEPTION
        WHEN SQLSTATE 'T0000' THEN
            RETURN _found;
        WHEN OTHERS THEN
            RETURN format('refused: %s', sqlstate);
    END;
END
$function$;

-- Past the triggers, as only who owns the tables can be.
SELECT
    string_agg(
        format('ALTER TABLE %s DISABLE TRIGGER USER;', class.oid::regclass),
        ' ' ORDER BY class.relname
    ) AS off
FROM pg_class AS class
WHERE class.relnamespace = 'ledger'::regnamespace AND class.relkind = 'r'
\gset

SELECT is(pg_temp.fate_of(cheat.statements), cheat.fate, cheat.label)
FROM (
    VALUES
    ($$ UPDATE ledger.entries SET amount = 1 $$, 'refused: TL302', '1 edit an amount'),
    ($$ UPDATE ledger.entries SET side = 'CREDIT' $$, 'refused: TL302', '2 edit a side'),
    ($$ DELETE FROM ledger.entries $$, 'refused: TL302', '3 delete entries'),
    ($$ DELETE FROM ledger.journals $$, 'refused: TL302', '4 delete journals'),
    ($$ TRUNCATE ledger.entries CASCADE $$, 'refused: TL302', '5 truncate entries'),
    ($$ TRUNCATE ledger.journals CASCADE $$, 'refused: TL302', '6 truncate journals'),
    ($$ TRUNCATE ledger.accounts CASCADE $$, 'refused: TL302', '7 truncate accounts'),
    ($$ UPDATE ledger.journals SET reason = 'x' $$, 'refused: TL302', '8 edit a reason'),
    ($$ UPDATE ledger.accounts SET balance = 7 $$, 'refused: TL304', '9 edit a balance'),
    ($$ UPDATE ledger.accounts SET version = 0 $$, 'refused: TL304', '10 edit a version'),
    ($$ UPDATE ledger.accounts SET floor = NULL $$, 'refused: TL304', '11 lift a limit'),
    ($$ DELETE FROM ledger.accounts $$, 'refused: TL302', '12 delete an account'),
    ($$ UPDATE ledger.currencies SET exponent = 0 $$, 'refused: TL302', '13 move a decimal point'),
    (
        $$ SET LOCAL session_replication_role = replica; UPDATE ledger.entries SET amount = 1 $$,
        'refused: TL302', '14 edit as a replica would'
    ),
    (
        $$ SET LOCAL session_replication_role = replica; DELETE FROM ledger.journals $$,
        'refused: TL302', '15 delete as a replica would'
    ),
    (
        $$
        INSERT INTO ledger.journals (public_id, organization_id, idempotency_key, request_hash, reason, actor, event_at, recorded_at, line_count)
        SELECT 'jrn_' || repeat('0', 24), organization_id, 'new', request_hash, 'r', 'a', now(), now(), 2 FROM ledger.journals LIMIT 1
        $$,
        'refused: TL301', '16 a journal without entries'
    ),
    (
        $$
        INSERT INTO ledger.entries
        SELECT journal_id, 3::smallint, 2::smallint, organization_id, recorded_at, account_id, currency, side, amount, 99, 0, sha256('')
        FROM ledger.entries WHERE version = 1 LIMIT 1
        $$,
        'refused: 23514', '17 a third line of a journal of two'
    ),
    (
        $$
        INSERT INTO ledger.entries
        SELECT journal_id, 3::smallint, 3::smallint, organization_id, recorded_at, account_id, currency, side, amount, 99, 0, sha256('')
        FROM ledger.entries WHERE version = 1 LIMIT 1
        $$,
        'refused: 23503', '18 … with a line count of its own'
    ),
    (
        $$
        INSERT INTO ledger.entries
        SELECT 0, 1::smallint, 2::smallint, organization_id, recorded_at, account_id, currency, side, amount, 99, 0, sha256('')
        FROM ledger.entries WHERE version = 1 LIMIT 1
        $$,
        'refused: 23503', '19 an entry of no journal'
    ),
    (
        $$
        INSERT INTO ledger.entries
        SELECT journal_id, 1::smallint, 2::smallint, organization_id, recorded_at, account_id, currency, side, -amount, 99, 0, sha256('')
        FROM ledger.entries WHERE version = 1 LIMIT 1
        $$,
        'refused: 23514', '20 a negative amount'
    ),
    (
        $$
        SELECT ledger.post_journals(jsonb_build_array(given.journal('x', 'cash', 'sales', -5)))
        $$,
        'refused: TL307', '21 a negative amount, through the front door'
    ),
    (
        $$
        SELECT ledger.post_journals(jsonb_build_array(given.journal('x', 'cash', 'sales', 0.5)))
        $$,
        'refused: TL307', '22 half a cent'
    ),
    (
        $$
        INSERT INTO ledger.accounts (organization_id, name, type, currency, floor, balance)
        SELECT organization_id, 'bad', 'asset', 'USD', 0, -1 FROM ledger.accounts LIMIT 1
        $$,
        'refused: 23514', '23 an account below its floor'
    ),
    (
        $$
        INSERT INTO ledger.accounts (organization_id, name, type, currency, balance)
        SELECT organization_id, 'rich', 'asset', 'USD', 1000000 FROM ledger.accounts LIMIT 1
        $$,
        'found: the account does not stand where its last entry says', '24 an account born rich'
    )
) AS cheat (statements, fate, label);

SELECT
    is(
        (
            SELECT string_agg(answer.outcome, ', ')
            FROM ledger.post_journals(jsonb_build_array(cheat.journal)) AS answer
        ),
        cheat.outcome, cheat.label
    )
FROM (
    VALUES
    (
        given.journal(
            'x',
            'cash',
            'sales',
            1,
            jsonb_build_object('lines', jsonb_build_array(given.line('cash', 'DEBIT', 5)))
        ),
        'unbalanced', '25 one leg'
    ),
    (
        given.journal(
            'x',
            'cash',
            'sales',
            1,
            jsonb_build_object(
                'lines',
                jsonb_build_array(
                    given.line('cash', 'DEBIT', 100), given.line('sales EUR', 'CREDIT', 100)
                )
            )
        ),
        'unbalanced', '26 100 USD against 100 EUR'
    ),
    (
        given.journal('x', 'cash', 'sales', ('1' || repeat('0', 78))::numeric),
        'limit_exceeded', '27 10^78'
    ),
    (
        given.journal('j1', 'cash', 'sales', 101),
        'idempotency_key_conflict',
        '28 a key again with other content'
    ),
    (given.journal('j1', 'cash', 'sales', 100), 'replayed', '29 a key again'),
    (given.journal('x', 'wallet', 'cash', 21), 'limit_exceeded', '30 more than a wallet has'),
    (
        given.journal(
            'x',
            'cash',
            'sales',
            1,
            jsonb_build_object(
                'lines',
                jsonb_build_array(
                    given.line('cash', 'DEBIT', 1, 'other'), given.line('sales', 'CREDIT', 1)
                )
            )
        ),
        'unknown_account', '31 another organization''s money'
    )
) AS cheat (journal, outcome, label);

SELECT is(pg_temp.fate_of(:'off' || cheat.statements), cheat.fate, cheat.label)
FROM (
    VALUES
    (
        $$ UPDATE ledger.entries SET amount = amount + 1 WHERE version = 2 $$,
        'found: its balance is not the one before and its amount', '32 triggers off: an amount'
    ),
    (
        $$
        UPDATE ledger.entries SET amount = amount + 1, balance_after = balance_after + 1
        WHERE version = 1 AND line = 2 AND side = 'CREDIT' AND chain_hash IS NOT NULL
            AND account_id IN (SELECT id FROM ledger.accounts WHERE version = 1)
        $$,
        'found: its journal does not balance', '33 … an amount with its balance'
    ),
    (
        $$ UPDATE ledger.journals SET reason = 'a gift' WHERE idempotency_key = 'j4' $$,
        'found: it was changed', '34 … a reason'
    ),
    (
        $$ UPDATE ledger.journals SET actor = 'nobody' WHERE idempotency_key = 'j1' $$,
        'found: it, or one since version 1, or the account, was changed',
        '35 … an actor, in the middle of a call'
    ),
    (
        $$ UPDATE ledger.journals SET event_at = '2000-01-01' WHERE idempotency_key = 'j4' $$,
        'found: it was changed', '36 … an event time'
    ),
    (
        $$
        DELETE FROM ledger.entries AS entry USING ledger.journals AS journal
        WHERE journal.id = entry.journal_id AND journal.idempotency_key = 'j2'
        $$,
        'found: an entry before this one is missing', '37 … a journal''s entries removed'
    ),
    (
        $$
        DELETE FROM ledger.entries AS entry USING ledger.journals AS journal
        WHERE journal.id = entry.journal_id AND journal.idempotency_key = 'j4';
        DELETE FROM ledger.journals WHERE idempotency_key = 'j4'
        $$,
        'found: the account does not stand where its last entry says',
        '38 … the last journal cut off'
    ),
    (
        $$
        UPDATE ledger.accounts SET balance = balance + 1
        WHERE name = 'sales' AND currency = 'USD'
        $$,
        'found: the account does not stand where its last entry says', '39 … a balance'
    ),
    (
        $$
        UPDATE ledger.entries SET chain_hash = sha256('forged')
        WHERE version = 1 AND chain_hash IS NOT NULL
        $$,
        'found: it, or the account, was changed', '40 … a hash'
    )
) AS cheat (statements, fate, label);

-- Round the tables

SELECT is(pg_temp.fate_of(cheat.statements), cheat.fate, cheat.label)
FROM (
    VALUES
    (
        :'off'
        || $$
        DELETE FROM ledger.entries AS entry USING ledger.accounts AS account
        WHERE account.id = entry.account_id AND account.version = entry.version
            AND account.name = 'rent' AND account.currency = 'USD'
        $$,
        'found: its journal does not balance',
        '41 triggers off: the last entry of an account'
    ),
    (
        :'off'
        || $$
        UPDATE ledger.accounts SET balance = balance - 1, version = version - 1
        WHERE name = 'sales' AND currency = 'USD'
        $$,
        'found: the account does not stand where its last entry says', '42 … a version'
    ),
    (
        $$
        COPY ledger.entries
        FROM PROGRAM 'printf "0\\t1\\t2\\t1\\tnow\\t1\\tUSD\\tDEBIT\\t1\\t99\\t0\\t\\\\N\\n"'
        $$,
        'refused: 23503', '43 copy an entry in'
    ),
    (
        $$
        CREATE TABLE ledger.child () INHERITS (ledger.entries);
        INSERT INTO ledger.child
        SELECT entry.journal_id, 2, 2, entry.organization_id, entry.recorded_at, entry.account_id,
            entry.currency, entry.side, 7, entry.version + 1, entry.balance_after + 7, sha256('')
        FROM ledger.entries AS entry
        INNER JOIN ledger.accounts AS account
            ON account.id = entry.account_id AND account.version = entry.version
        WHERE account.name = 'rent' AND account.currency = 'USD'
        $$,
        'found: its journal does not balance',
        '44 an entry in a table that inherits'
    ),
    (
        $$
        CREATE TABLE ledger.part (LIKE ledger.entries);
        DO $do$
        BEGIN
            ALTER TABLE ledger.entries ATTACH PARTITION ledger.part DEFAULT;
        EXCEPTION WHEN wrong_object_type OR invalid_object_definition THEN
            -- PostgreSQL 15 and 18 have different words for it.
            RAISE EXCEPTION 'entries have no partitions' USING ERRCODE = 'wrong_object_type';
        END
        $do$
        $$,
        'refused: 42809', '45 … or in a partition'
    ),
    (
        $$
        SELECT setval('ledger.journals_id_seq', min(id), FALSE) FROM ledger.journals;
        SELECT ledger.post_journals(jsonb_build_array(given.journal('x', 'cash', 'sales', 5)))
        $$,
        'refused: 23505', '46 turn a sequence back'
    ),
    (
        $$ ALTER TABLE ledger.entries ALTER COLUMN amount TYPE numeric(78, 0) USING amount + 1 $$,
        'refused: 0A000', '47 change amounts with their column'
    ),
    (
        $$
        ALTER TABLE ledger.journals DISABLE TRIGGER USER;
        UPDATE ledger.journals SET line_count = 3 WHERE idempotency_key = 'j4'
        $$,
        'refused: 23503', '48 make room for a third line'
    ),
    (
        $$ INSERT INTO ledger.open_holds SELECT 1, now() $$,
        'refused: TL302',
        '49 open a hold by hand'
    ),
    (
        $$ UPDATE ledger.hold_endings SET kind = 'released' $$,
        'refused: TL302',
        '50 end a hold otherwise'
    ),
    (
        $$ SELECT given.hold('x', 'NaN') $$,
        'refused: TL307', '51 hold what is no number: greater than any, it would pass every limit'
    ),
    (
        $$
        INSERT INTO ledger.entries
        SELECT journal_id, 1::smallint, 2::smallint, organization_id, recorded_at, account_id, currency, side, 'NaN', 99, 0, sha256('')
        FROM ledger.entries WHERE version = 1 LIMIT 1
        $$,
        'refused: 23514', '52 … or enter it'
    ),
    (
        $$
        INSERT INTO ledger.accounts (organization_id, name, type, currency, ceiling)
        SELECT organization_id, 'open', 'asset', 'USD', 'NaN' FROM ledger.accounts LIMIT 1
        $$,
        'refused: 23514', '53 … or have it for a ceiling'
    )
) AS cheat (statements, fate, label);

SELECT setval('ledger.journals_id_seq', max(journal.id)) AS turned_on
FROM ledger.journals AS journal \gset

-- What accounts are, what they hold, what was kept of a day

SELECT is(pg_temp.fate_of(:'off' || cheat.statements), cheat.fate, cheat.label)
FROM (
    VALUES
    (
        $$ UPDATE ledger.accounts SET name = 'ours' WHERE name = 'wallet' AND version > 0 $$,
        'found: it, or the account, was changed', '54 triggers off: another''s account, by its name'
    ),
    (
        $$
        UPDATE ledger.accounts SET public_id = 'acc_' || repeat('0', 24) WHERE name = 'wallet' AND version > 0
        $$,
        'found: it, or the account, was changed', '55 … by its id'
    ),
    (
        $$ UPDATE ledger.accounts SET floor = NULL WHERE name = 'wallet' AND version > 0 $$,
        'found: it, or the account, was changed', '56 … a limit lifted'
    ),
    (
        $$ UPDATE ledger.accounts SET floor = NULL WHERE name = 'wallet' AND version = 0 $$,
        'found: the account does not stand where its last entry says',
        '57 … before there is an entry'
    ),
    (
        $$ UPDATE ledger.accounts SET type = 'equity' WHERE name = 'sales' AND currency = 'USD' $$,
        'found: it, or the account, was changed', '58 … revenue into equity'
    ),
    (
        $$
        UPDATE ledger.accounts SET created_at = '2000-01-01' WHERE name = 'rent' AND version > 0
        $$,
        'found: it, or the account, was changed', '59 … since when there is an account'
    ),
    (
        $$ UPDATE ledger.accounts SET posted_at = 'infinity' WHERE name = 'rent' AND version > 0 $$,
        'found: the account does not stand where its last entry says',
        '60 … when it moved last: no later journal would be dated'
    ),
    (
        $$ UPDATE ledger.currencies SET exponent = 0 WHERE code = 'USD' $$,
        'found: it, or one since version 1, or the account, was changed', '61 … a decimal point'
    ),
    (
        $$
        WITH line AS (UPDATE ledger.entries SET currency = 'JPY'), hold AS (UPDATE ledger.holds SET currency = 'JPY')
        UPDATE ledger.accounts SET currency = 'JPY' WHERE currency = 'USD'
        $$,
        'found: it, or one since version 1, or the account, was changed',
        '62 … dollars into yen, everywhere at once'
    ),
    (
        $$
        DELETE FROM ledger.entries; DELETE FROM ledger.hold_endings; DELETE FROM ledger.journals
        $$,
        'found: hold hold_… after it, or the account, was changed', '63 … a book burnt'
    ),
    (
        $$
        INSERT INTO ledger.journals (public_id, organization_id, idempotency_key, request_hash, reason, actor, event_at, recorded_at, line_count)
        SELECT 'jrn_' || repeat('0', 24), organization_id, 'new', request_hash, 'r', 'a', now(), now(), 2 FROM ledger.journals LIMIT 1
        $$,
        'found: journal jrn_… has no line', '64 … a journal without entries, to take a key away'
    ),
    (
        $$ UPDATE ledger.accounts SET pending_out = 0 $$,
        'found: what is pending is not what its open holds say', '65 … what is held, free to spend'
    ),
    (
        $$ UPDATE ledger.holds SET amount = 700 WHERE idempotency_key = 'h1' $$,
        'found: hold hold_… after it was changed', '66 … more held than was asked'
    ),
    (
        $$ DELETE FROM ledger.open_holds; DELETE FROM ledger.holds WHERE idempotency_key = 'h1' $$,
        'refused: 23503', '67 … a hold removed'
    ),
    (
        $$ UPDATE ledger.holds SET amount = 1 WHERE idempotency_key = 'h2' $$,
        'found: hold hold_… after it was changed', '68 … less held than settled'
    ),
    (
        $$ UPDATE ledger.hold_endings SET idempotency_key = 'j1' $$,
        'found: hold hold_… after it was changed', '69 … another journal settled it'
    ),
    (
        $$
        INSERT INTO ledger.daily_balances SELECT account_id, '2020-01-01', version, 999 FROM ledger.entries WHERE version = 2 LIMIT 1
        $$,
        'found: the balance kept for 2020-01-01 is not what its entries say',
        '70 … a past that never was'
    ),
    (
        $$ UPDATE ledger.entries SET chain_hash = sha256('x') WHERE chain_hash IS NULL $$,
        'found: it, or the account, was changed', '71 … hashes where there were none'
    )
) AS cheat (statements, fate, label);

-- One leg that follows its account's chain, past the one trigger that asks for the other

SELECT
    is(
        pg_temp.fate_of(
            $$
            ALTER TABLE ledger.journals DISABLE TRIGGER journals_balance;
            WITH made AS (
                INSERT INTO ledger.journals (public_id, organization_id, idempotency_key, request_hash, reason, actor, event_at, recorded_at, line_count)
                SELECT 'jrn_' || repeat('0', 24), organization_id, 'gift', request_hash, 'r', 'a', now(), clock_timestamp(), 2
                FROM ledger.journals WHERE idempotency_key = 'j4'
                RETURNING *
            ),
            leg AS (
                SELECT row(
                    made.id, 2, 2, made.organization_id, made.recorded_at, cash.id, 'USD', 'DEBIT', 1000000,
                    cash.version + 1, cash.balance + 1000000, NULL
                )::ledger.entries AS entry, cash.chain_hash
                FROM made
                INNER JOIN ledger.accounts AS cash ON cash.public_id = given.account('cash')
            )
            INSERT INTO ledger.entries
            SELECT (jsonb_populate_record(
                leg.entry, jsonb_build_object('chain_hash', sha256(leg.chain_hash || ledger.entry_image(leg.entry, NULL)))
            )).*
            FROM leg
            $$
        ),
        'found: its journal does not balance', '72 a gift of 10,000.00 from nowhere'
    );

-- Holds, with all that would have to be edited together

SELECT is(pg_temp.fate_of(:'off' || cheat.statements), cheat.fate, cheat.label)
FROM (
    VALUES
    (
        $$
        UPDATE ledger.holds SET amount = amount + 9 WHERE idempotency_key = 'h1';
        UPDATE ledger.accounts SET pending_out = pending_out + 9 WHERE pending_out > 0
        $$,
        'found: hold hold_… after it was changed',
        '73 triggers off: more held than was asked, and pending'
    ),
    (
        $$
        WITH open AS (UPDATE ledger.open_holds SET expires_at = '2100-01-01')
        UPDATE ledger.holds SET expires_at = '2100-01-01' WHERE idempotency_key = 'h1'
        $$,
        'found: hold hold_… after it was changed', '74 … for longer'
    ),
    (
        $$
        DELETE FROM ledger.open_holds;
        DELETE FROM ledger.hold_links AS link USING ledger.holds AS hold
        WHERE hold.id = link.hold_id AND hold.idempotency_key = 'h1';
        DELETE FROM ledger.holds WHERE idempotency_key = 'h1';
        UPDATE ledger.accounts SET pending_out = 0, pending_in = 0
        $$,
        'found: hold hold_… after it was changed', '75 … a hold that never was, for the next one'
    ),
    (
        $$
        DELETE FROM ledger.hold_endings;
        INSERT INTO ledger.open_holds SELECT id, expires_at FROM ledger.holds WHERE idempotency_key = 'h2';
        UPDATE ledger.accounts SET pending_out = pending_out + 3 WHERE pending_out > 0
        $$,
        'found: hold hold_… after it was changed', '76 … a hold to settle again'
    ),
    (
        $$
        UPDATE ledger.hold_endings SET kind = 'released', actor = 'nobody'
        $$,
        'found: hold hold_… after it was changed', '77 … a settlement that was none'
    ),
    (
        $$
        WITH made AS (
            INSERT INTO ledger.holds (organization_id, idempotency_key, request_hash, debit_account_id, credit_account_id, currency, amount, reason, actor, expires_at)
            SELECT organization_id, 'h3', request_hash, debit_account_id, credit_account_id, currency, 5, reason, actor, expires_at FROM ledger.holds WHERE idempotency_key = 'h1'
            RETURNING id, expires_at
        )
        INSERT INTO ledger.open_holds SELECT made.id, made.expires_at FROM made;
        UPDATE ledger.accounts SET pending_out = pending_out + 5 WHERE pending_out > 0
        $$,
        'found: hold hold_…, or its ending, is not in the chain',
        '78 … a hold that nobody asked for'
    ),
    (
        $$ UPDATE ledger.hold_links SET chain_hash = sha256('forged') $$,
        'found: hold hold_… after it was changed', '79 … the hash of a hold'
    )
) AS cheat (statements, fate, label);

-- And who may only call functions cannot even look

SET LOCAL ROLE pgtill_service;

SELECT throws_ok(attempt.statement, '42501', NULL, attempt.label)
FROM (
    VALUES
    ('SELECT amount FROM ledger.entries', 'the service reads no table'),
    ('SELECT ledger.insert_journals(''[]'', 1)', 'it calls no helper'),
    ('SELECT ledger.record_daily_balances(''2020-01-01'')', 'it keeps no snapshots')
) AS attempt (statement, label);

RESET ROLE;

SELECT is_empty('SELECT broken.* FROM ledger.verify() AS broken', 'all taken back: whole again');

SELECT * FROM finish();
ROLLBACK;
