-- is_mirrored(): each line again, on the other side, and no other.
\ir ../../support/begin.psql

SELECT plan(10);

-- Shape

SELECT
    is(
        given.shape('ledger.is_mirrored(bigint, bigint)'),
        'stable invoker, private',
        'only check_journal() calls it'
    );

-- Given a journal, and others beside it

SELECT given.book() AS shop \gset
SELECT
    given.post(
        given.journal('a', 'cash', 'sales', 5),
        given.journal('mirror', 'sales', 'cash', 5, jsonb_build_object('lines', jsonb_build_array(
            given.line('cash', 'CREDIT', 5), given.line('sales', 'DEBIT', 5)
        ))),
        given.journal('again', 'cash', 'sales', 5),
        given.journal('order', 'sales', 'cash', 5),
        given.journal('less', 'cash', 'sales', 4, jsonb_build_object('lines', jsonb_build_array(
            given.line('cash', 'CREDIT', 4), given.line('sales', 'DEBIT', 4)
        ))),
        given.journal('elsewhere', 'cash', 'rent', 5, jsonb_build_object('lines', jsonb_build_array(
            given.line('cash', 'CREDIT', 5), given.line('rent', 'DEBIT', 5)
        ))),
        given.journal('more', 'cash', 'sales', 5, jsonb_build_object('lines', jsonb_build_array(
            given.line('cash', 'CREDIT', 5), given.line('sales', 'DEBIT', 5),
            given.line('cash', 'CREDIT', 5), given.line('sales', 'DEBIT', 5)
        )))
    ) AS posted
\gset

SELECT
    is(
        ledger.is_mirrored(
            (
                SELECT journal.id FROM ledger.journals AS journal
                WHERE journal.idempotency_key = 'a'
            ),
            (
                SELECT journal.id FROM ledger.journals AS journal
                WHERE journal.idempotency_key = other.key
            )
        ),
        other.is_mirror,
        other.label
    )
FROM (
    VALUES
    ('mirror', TRUE, 'the same lines on the other sides'),
    ('again', FALSE, 'the same journal'),
    ('order', FALSE, 'the lines in another order'),
    ('less', FALSE, 'another amount'),
    ('elsewhere', FALSE, 'another account'),
    ('more', FALSE, 'a line more'),
    ('a', FALSE, 'itself')
) AS other (key, is_mirror, label);
SELECT
    is(
        ledger.is_mirrored(
            (
                SELECT journal.id FROM ledger.journals AS journal
                WHERE journal.idempotency_key = 'more'
            ),
            (
                SELECT journal.id FROM ledger.journals AS journal
                WHERE journal.idempotency_key = 'a'
            )
        ),
        FALSE,
        'a line fewer'
    );
SELECT
    is(
        ledger.is_mirrored(-1, -2),
        TRUE,
        'nothing mirrors nothing: that there are lines is not asked here'
    );

SELECT * FROM finish();
ROLLBACK;
