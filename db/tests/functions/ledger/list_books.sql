-- list_books(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(3);

-- Shape

SELECT
    is(
        given.shape('ledger.list_books()'),
        'stable definer, pgtill_auditor pgtill_operator',
        'operators and auditors call it'
    );

-- Given two books of six accounts, and an organization that keeps none

SELECT given.book() AS shop \gset

INSERT INTO identity.organizations (name) VALUES ('no book');

SELECT organization.public_id
FROM identity.organizations AS organization
WHERE organization.id = :shop \gset

-- Acting as an operator

SET LOCAL ROLE pgtill_operator;

SELECT
    results_eq(
        format(
            $$
            SELECT
                book.name, book.account_count,
                book.organization_id = %s AND book.public_id = %L
            FROM ledger.list_books() AS book
            $$,
            :'shop', :'public_id'
        ),
        $$ VALUES ('no book', 0::bigint, FALSE), ('other', 6, FALSE), ('shop', 6, TRUE) $$,
        'by name, with the number of accounts'
    );

-- Refusals

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        'SELECT ledger.list_books()',
        '42501',
        'permission denied for function list_books',
        'the service does not see who is there'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
