-- asked_accounts(): one account, those of one book, or all.
\ir ../../support/begin.psql

SELECT plan(6);

-- Shape

SELECT
    is(
        given.shape('ledger.asked_accounts(bigint, text)'),
        'stable invoker, private',
        'only what looks for what is broken calls it'
    );

-- Given two books

SELECT given.book() AS shop \gset

SELECT
    is(
        (
            SELECT count(*) FROM ledger.asked_accounts(asked.organization, asked.account)
        ),
        asked.found,
        asked.label
    )
FROM (
    VALUES
    (NULL, NULL, 12::bigint, 'all'),
    (:shop, NULL, 6, 'of a book'),
    (:shop, given.account('cash'), 1, 'one of it'),
    (NULL, given.account('cash', 'other'), 1, 'one of any'),
    (:shop, given.account('cash', 'other'), 0, 'none of another')
) AS asked (organization, account, found, label);

SELECT * FROM finish();
ROLLBACK;
