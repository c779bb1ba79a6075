-- list_journals(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(15);

-- Shape

SELECT
    is(
        given.shape('ledger.list_journals(bigint, text, integer, text)'),
        'stable definer, pgtill_auditor pgtill_operator pgtill_service',
        'service, operators and auditors read'
    );

-- Given four journals, two of one payment, three recorded in one moment; and another book's

SELECT given.book() AS shop \gset
SELECT
    given.post(given.journal('a', 'cash', 'sales', 1, '{"payment_reference": "pay_1"}')) AS first,
    given.post(
        given.journal('b', 'cash', 'sales', 2),
        given.journal('c', 'cash', 'sales', 3, '{"payment_reference": "pay_1"}'),
        given.journal('d', 'cash', 'sales', 4, '{"payment_reference": "pay_2"}'),
        given.journal('e', 'cash', 'sales', 5, '{"payment_reference": "pay_1"}', 'other')
    ) AS others
\gset posted_
SELECT
    max(journal.public_id) FILTER (WHERE journal.idempotency_key = 'a') AS a,
    max(journal.public_id) FILTER (WHERE journal.idempotency_key = 'c') AS c,
    max(journal.public_id) FILTER (WHERE journal.idempotency_key = 'e') AS e
FROM ledger.journals AS journal \gset

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT
    is(
        (
            SELECT string_agg(listed.idempotency_key, ' ')
            FROM ledger.list_journals(:shop, asked.before, asked.page_size, asked.payment) AS listed
        ),
        asked.keys,
        asked.label
    )
FROM (
    VALUES
    (NULL, 100, NULL, 'd c b a', 'the journals of the book, the newest first'),
    (NULL, NULL, NULL, 'd c b a', 'page_size NULL: no limit'),
    (NULL, 2, NULL, 'd c', 'a page'),
    (:'c', 2, NULL, 'b a', 'the next begins between journals of one moment'),
    (:'a', 2, NULL, NULL, 'before the first: nothing'),
    (NULL, 0, NULL, NULL, 'no page: nothing'),
    (NULL, 9, 'pay_1', 'c a', 'of one payment'),
    (:'c', 9, 'pay_1', 'a', '… before one'),
    (NULL, 9, 'pay', NULL, 'a reference is compared whole'),
    (:'e', 9, NULL, NULL, 'another organization''s journal is no place in this book'),
    ('jrn_nowhere', 9, NULL, NULL, 'nor is one that does not exist')
) AS asked (before, page_size, payment, keys, label);
SELECT
    is_empty(
        format(
            $$
            (
                SELECT listed.* FROM ledger.list_journals(%1$s, NULL, 100) AS listed
                EXCEPT
                SELECT found.*
                FROM ledger.list_journals(%1$s, NULL, 100) AS listed
                CROSS JOIN LATERAL ledger.get_journal(%1$s, listed.journal_id) AS found
            )
            $$,
            :shop
        ),
        'each is as get_journal() answers it'
    );
SELECT given.post(given.journal('f', 'cash', 'sales', 6)) AS posted \gset
SELECT
    is(
        (
            SELECT string_agg(listed.idempotency_key, ' ')
            FROM ledger.list_journals(:shop, :'c', 9) AS listed
        ),
        'b a',
        'what is posted between two pages moves nothing on the next'
    );
SELECT
    is_empty(
        'SELECT listed.* FROM ledger.list_journals(NULL, NULL, 9) AS listed', 'no book: no row'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
