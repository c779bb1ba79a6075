-- get_journal(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(7);

-- Shape

SELECT
    is(
        given.shape('ledger.get_journal(bigint, text)'),
        'stable definer, pgtill_auditor pgtill_operator pgtill_service',
        'service, operators and auditors read'
    );

-- Given a journal of this book, and one of another

SELECT given.book() AS shop \gset
SELECT
    given.post(
        given.journal(
            'a', 'cash', 'sales', 100,
            '{"reason": "why", "actor": "who", "event_at": "2026-01-01T00:00:00Z",'
            ' "payment_reference": "pay_1"}'
        ),
        given.journal('b', 'cash', 'sales', 1),
        given.journal('c', 'cash', 'sales', 1, '{}', 'other')
    ) AS posted
\gset
SELECT
    max(journal.public_id) FILTER (WHERE journal.idempotency_key = 'a') AS a,
    max(journal.public_id) FILTER (WHERE journal.idempotency_key = 'b') AS b,
    max(journal.public_id) FILTER (WHERE journal.idempotency_key = 'c') AS c
FROM ledger.journals AS journal \gset

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        format(
            $$
            SELECT
                found.journal_id COLLATE "default", found.idempotency_key COLLATE "default", found.reason, found.actor,
                found.event_at, found.recorded_at BETWEEN now() AND clock_timestamp(),
                found.payment_reference COLLATE "default", found.reverses, found.reversed_by, found.lines
            FROM ledger.get_journal(%s, %L) AS found
            $$,
            :shop, :'a'
        ),
        format(
            $$
            VALUES (
                %L, 'a', 'why', 'who', '2026-01-01Z'::timestamptz, TRUE, 'pay_1', NULL::text, NULL::text,
                jsonb_build_array(
                    jsonb_build_object(
                        'line', 1, 'account', given.account('cash'), 'name', 'cash', 'side', 'DEBIT',
                        'amount', '100', 'currency', 'USD', 'version', 1, 'balance_after', '100'
                    ),
                    jsonb_build_object(
                        'line', 2, 'account', given.account('sales'), 'name', 'sales', 'side', 'CREDIT',
                        'amount', '100', 'currency', 'USD', 'version', 1, 'balance_after', '100'
                    )
                )
            )
            $$,
            :'a'
        ),
        'what was said, and its lines; amounts are text'
    );
SELECT
    is(
        (
            SELECT found.payment_reference FROM ledger.get_journal(:shop, :'b') AS found
        ),
        NULL,
        'of no payment'
    );
SELECT
    is_empty(
        format('SELECT found.* FROM ledger.get_journal(%s, %L) AS found', :shop, missing.journal),
        missing.label
    )
FROM (
    VALUES
    (:'c', 'another organization''s journal: no row'),
    ('jrn_nowhere', 'no such journal: no row'),
    (NULL, 'no journal: no row')
) AS missing (journal, label);
SELECT
    is_empty(
        format('SELECT found.* FROM ledger.get_journal(NULL, %L) AS found', :'a'), 'no book: no row'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
