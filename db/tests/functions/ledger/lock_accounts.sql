-- lock_accounts(): the accounts of journals, each once, in the order of their ids.
\ir ../../support/begin.psql

SELECT plan(11);

-- Shape

SELECT
    is(
        given.shape('ledger.lock_accounts(jsonb)'),
        'volatile invoker, private',
        'nobody but post_batch() and insert_journals() calls it'
    );

-- Given a wallet of 100 of which 30 are held, and accounts that nothing was ever posted in

SELECT given.book() AS shop \gset
SELECT given.post(given.journal('fund', 'cash', 'wallet', 100)) AS posted \gset
SELECT given.hold('held', 30) AS held \gset
SELECT given.open('capped', 'asset', '{"floor": "-5", "ceiling": "1000"}') AS opened \gset
SELECT
    given.hold(
        'coming', 7,
        jsonb_build_object(
            'debit_account', given.account('capped'), 'credit_account', given.account('sales')
        )
    ) AS coming
\gset

-- What accounts are called.
CREATE FUNCTION pg_temp.names(accounts ledger.accounts[])
RETURNS text
LANGUAGE sql
AS $function$
    SELECT string_agg(account.name || ' ' || account.currency, ', ')
    FROM unnest(names.accounts) AS account
$function$;

-- Of the accounts in which nothing is posted or held, those whose rows carry a lock.
CREATE FUNCTION pg_temp.locked()
RETURNS text
LANGUAGE sql
AS $function$
    SELECT pg_temp.names(array_agg(account ORDER BY account.id))
    FROM ledger.accounts AS account
    WHERE account.xmax <> '0' AND account.version = 0 AND account.pending_in = 0
$function$;

-- Acting as the owner

SET LOCAL ROLE pgtill_owner;

SELECT is(pg_temp.locked(), NULL, 'given that nobody holds an account');
SELECT
    is(
        pg_temp.names(
            (
                ledger.lock_accounts(
                    jsonb_build_array(
                        given.journal('a', 'sales EUR', 'cash EUR', 1),
                        given.journal('b', 'sales EUR', 'rent', 1)
                        || jsonb_build_object(
                            'lines',
                            jsonb_build_array(
                                given.line('sales EUR', 'DEBIT', 1),
                                given.line('rent', 'CREDIT', 1),
                                given.line('cash', 'DEBIT', 1, 'other'),
                                '{"account": "acc_nowhere"}'
                            )
                        )
                    )
                )
            ).accounts
        ),
        'cash EUR, rent USD, sales EUR',
        'each account once, in the order of ids; nobody else''s, and none that is not there'
    );
SELECT is(pg_temp.locked(), 'cash EUR, rent USD, sales EUR', '… and these are locked, no others');

-- Where they stand

SELECT
    results_eq(
        $$
        SELECT pg_temp.names(standing.accounts), standing.names
        FROM ledger.lock_accounts(
            jsonb_build_array(
                given.journal('a', 'wallet', 'cash', 1), given.journal('b', 'sales EUR', 'cash EUR', 1)
            )
        ) AS standing
        $$,
        $$
        VALUES (
            'cash EUR, cash USD, sales EUR, wallet USD',
            ARRAY[
                given.account('cash EUR'), given.account('cash'), given.account('sales EUR'),
                given.account('wallet')
            ]
        )
        $$,
        'place n of names is of account n'
    );
SELECT
    is(
        (
            ledger.lock_accounts(
                jsonb_build_array(
                    given.journal('a', 'cash', 'wallet', 1),
                    given.journal('b', 'sales', 'capped', 1)
                )
            )
        ).accounts,
        (
            SELECT array_agg(account ORDER BY account.id)
            FROM ledger.accounts AS account
            WHERE account.public_id IN (
                given.account('cash'), given.account('wallet'), given.account('sales'),
                given.account('capped')
            )
        ),
        'they are as they stand, with limits, what is pending, and the end of their chain'
    );

-- Time

SELECT
    ok(
        (
            ledger.lock_accounts(jsonb_build_array(given.journal('a', 'rent', 'cash', 1)))
        ).moment BETWEEN now() AND clock_timestamp(),
        'what is posted now is recorded now'
    );

SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE ledger.accounts DISABLE TRIGGER accounts_moved_by_entries;
UPDATE ledger.accounts AS account
SET posted_at = '3000-01-01T00:00:00Z'
WHERE account.public_id = given.account('cash');
ALTER TABLE ledger.accounts ENABLE ALWAYS TRIGGER accounts_moved_by_entries;

SELECT
    is(
        (
            ledger.lock_accounts(jsonb_build_array(given.journal('a', 'rent', 'cash', 1)))
        ).moment,
        '3000-01-01T00:00:00Z'::timestamptz,
        '… but never before what an account knows, though the clock was put back'
    );

-- Nothing

SELECT is((ledger.lock_accounts(nothing.asked)).accounts, NULL, nothing.label)
FROM (
    VALUES
    ('[]'::jsonb, 'no journals, no accounts'),
    (jsonb_build_array(given.journal('a', 'rent', 'cash', 1) - 'lines'), 'no lines, no accounts')
) AS nothing (asked, label);

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        'SELECT ledger.lock_accounts(''[]'')',
        '42501', 'permission denied for function lock_accounts', 'the service may not call it'
    );

SELECT * FROM finish();
ROLLBACK;
