-- check_journal(): what does not balance in each currency does not commit, whoever wrote it.
\ir ../../support/begin.psql

SELECT plan(13);

-- Shape

SELECT is(given.shape('ledger.check_journal()'), 'volatile definer, private', 'nobody calls it');
SELECT
    results_eq(
        $$
        SELECT hook.tgdeferrable, hook.tginitdeferred, hook.tgconstraint <> 0, hook.tgenabled::text
        FROM pg_trigger AS hook
        WHERE hook.tgrelid = 'ledger.journals'::regclass AND hook.tgname = 'journals_balance'
        $$,
        $$ VALUES (TRUE, TRUE, TRUE, 'A') $$,
        'it is a constraint, deferrable, initially deferred, always on'
    );

-- Given a book, and the owner writing by hand

SELECT given.book() AS shop \gset

-- Writes a journal by hand whose entries continue their accounts, commits as far as a test
-- can, and takes all back.
CREATE FUNCTION pg_temp.commit_of(line_count integer, lines jsonb, reverses text DEFAULT NULL)
RETURNS text
LANGUAGE plpgsql
AS $function$
DECLARE
    _shop bigint := (given.journal('', 'cash', 'sales', 1) ->> 'organization_id')::bigint;
    _journal bigint;
    _said text := 'committed';
BEGIN
    BEGIN
        INSERT INTO ledger.journals (
            public_id, organization_id, idempotency_key, request_hash, reason, actor, event_at,
            recorded_at, line_count, reverses
        )
        VALUES (
            'jrn_' || substr(given.digest(clock_timestamp()::text), 1, 24), _shop, 'k',
            sha256(''), 'r', 'a', now(), clock_timestamp(), commit_of.line_count,
            (SELECT journal.id FROM ledger.journals AS journal WHERE journal.idempotency_key = commit_of.reverses)
        )
        RETURNING id INTO _journal;
        INSERT INTO ledger.entries (
            journal_id, line, line_count, organization_id, recorded_at, account_id, currency, side,
            amount, version, balance_after, chain_hash
        )
        SELECT
            _journal, line.nth, commit_of.line_count, _shop,
            (SELECT journal.recorded_at FROM ledger.journals AS journal WHERE journal.id = _journal),
            account.id, account.currency, line.side, line.amount,
            account.version + 1,
            account.balance + CASE WHEN line.side = account.normal_side THEN line.amount ELSE -line.amount END,
            sha256('')
        FROM ROWS FROM (
            jsonb_to_recordset(commit_of.lines) AS (account text, side ledger.side, amount numeric)
        ) WITH ORDINALITY AS line (account, side, amount, nth)
        INNER JOIN ledger.accounts AS account ON account.public_id = line.account;
        SET CONSTRAINTS ALL IMMEDIATE;
        RAISE EXCEPTION 'take it back' USING ERRCODE = 'T0000';
    EXCEPTION
        WHEN SQLSTATE 'T0000' THEN
            RETURN 'committed';
        WHEN SQLSTATE 'TL301' OR SQLSTATE 'TL308' THEN
            RETURN sqlerrm;
    END;
END
$function$;

SELECT given.post(given.journal('first', 'cash', 'sales', 5)) AS posted \gset
SET CONSTRAINTS ALL DEFERRED;

SELECT
    is(
        pg_temp.commit_of(attempt.line_count, attempt.lines, attempt.reverses),
        attempt.said,
        attempt.label
    )
FROM (
    VALUES
    (
        2,
        jsonb_build_array(given.line('cash', 'DEBIT', 1), given.line('sales', 'CREDIT', 1)),
        NULL,
        'committed', 'a debit and its credit, by hand'
    ),
    (
        4,
        jsonb_build_array(
            given.line('cash', 'DEBIT', 1), given.line('sales', 'CREDIT', 1),
            given.line('cash EUR', 'DEBIT', 9), given.line('sales EUR', 'CREDIT', 9)
        ),
        NULL, 'committed', 'two currencies that balance each'
    ),
    (2, '[]'::jsonb, NULL, 'journal does not balance', 'a journal without entries'),
    (
        2, jsonb_build_array(given.line('cash', 'DEBIT', 1)), NULL, 'journal does not balance',
        'one leg'
    ),
    (
        3,
        jsonb_build_array(given.line('cash', 'DEBIT', 1), given.line('sales', 'CREDIT', 1)),
        NULL,
        'journal does not balance', 'a line short, though balanced'
    ),
    (
        2,
        jsonb_build_array(given.line('cash', 'DEBIT', 1), given.line('sales', 'CREDIT', 2)),
        NULL,
        'journal does not balance', 'debits and credits that differ'
    ),
    (
        2, jsonb_build_array(given.line('cash', 'DEBIT', 1), given.line('rent', 'DEBIT', 1)), NULL,
        'journal does not balance', 'two debits'
    ),
    (
        2,
        jsonb_build_array(given.line('cash', 'DEBIT', 100), given.line('sales EUR', 'CREDIT', 100)),
        NULL, 'journal does not balance', '100 USD against 100 EUR'
    ),
    (
        2,
        jsonb_build_array(given.line('cash', 'CREDIT', 5), given.line('sales', 'DEBIT', 5)),
        'first',
        'committed', 'a reversal that mirrors its journal'
    ),
    (
        2,
        jsonb_build_array(given.line('cash', 'CREDIT', 4), given.line('sales', 'DEBIT', 4)),
        'first',
        'a reversal does not mirror its journal', 'a reversal of another amount'
    ),
    (
        2,
        jsonb_build_array(given.line('cash', 'DEBIT', 5), given.line('sales', 'CREDIT', 5)),
        'first',
        'a reversal does not mirror its journal', 'a reversal that says it again'
    )
) AS attempt (line_count, lines, reverses, said, label);

SELECT * FROM finish();
ROLLBACK;
