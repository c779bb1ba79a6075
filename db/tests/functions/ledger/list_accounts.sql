-- list_accounts(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(15);

-- Shape

SELECT
    is(
        given.shape('ledger.list_accounts(bigint, text, integer, text)'),
        'stable definer, pgtill_auditor pgtill_operator pgtill_service',
        'service, operators and auditors read'
    );

-- Given six accounts, of which two share a name

SELECT given.book() AS shop \gset
SELECT
    given.account('cash EUR') AS cash_eur,
    given.account('sales') AS sales,
    given.account('wallet') AS wallet,
    given.account('cash', 'other') AS foreign_cash
\gset

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT
    is(
        (
            SELECT string_agg(format('%s %s', listed.name, listed.currency), ', ')
            FROM ledger.list_accounts(:shop, asked.after, asked.page_size, asked.prefix) AS listed
        ),
        asked.names,
        asked.label
    )
FROM (
    VALUES
    (
        NULL, 100, NULL, 'cash EUR, cash USD, rent USD, sales EUR, sales USD, wallet USD',
        'the accounts of the book by name and currency'
    ),
    (
        NULL,
        NULL,
        NULL,
        'cash EUR, cash USD, rent USD, sales EUR, sales USD, wallet USD',
        'page_size NULL: no limit'
    ),
    (NULL, 2, NULL, 'cash EUR, cash USD', 'a page'),
    (:'cash_eur', 2, NULL, 'cash USD, rent USD', 'the next begins between two of one name'),
    (:'sales', 2, NULL, 'wallet USD', 'the last page'),
    (:'wallet', 2, NULL, NULL, 'after the last: nothing'),
    (NULL, 0, NULL, NULL, 'no page: nothing'),
    (NULL, 9, 'sa', 'sales EUR, sales USD', 'names that begin so'),
    (:'cash_eur', 9, 'ca', 'cash USD', '… after one'),
    (NULL, 9, 'c%', NULL, 'a prefix is no pattern'),
    (
        NULL,
        9,
        '',
        'cash EUR, cash USD, rent USD, sales EUR, sales USD, wallet USD',
        'every name begins with nothing'
    ),
    (:'foreign_cash', 9, NULL, NULL, 'another organization''s account is no place in this book'),
    ('acc_nowhere', 9, NULL, NULL, 'nor is one that does not exist')
) AS asked (after, page_size, prefix, names, label);
SELECT
    is_empty(
        format(
            $$
            (
                SELECT listed.* FROM ledger.list_accounts(%1$s, NULL, 100) AS listed
                EXCEPT
                SELECT found.*
                FROM ledger.list_accounts(%1$s, NULL, 100) AS listed
                CROSS JOIN LATERAL ledger.get_account(%1$s, listed.account_id) AS found
            )
            $$,
            :shop
        ),
        'each is as get_account() answers it'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
