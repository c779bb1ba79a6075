-- list_issued_addresses(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(9);

-- Shape

SELECT
    is(
        given.shape('app.list_issued_addresses(text, bigint, integer)'),
        'stable definer, pgtill_auditor pgtill_operator',
        'operators and auditors call it'
    );

-- Given five addresses of one account and one of another

SELECT given.shop() AS shop \gset

SET LOCAL ROLE pgtill_service;

SELECT count(*) AS created
FROM app.allocate_and_insert(
    (SELECT jsonb_agg(given.order('b' || nth)) FROM generate_series(1, 5) AS nth)
    || jsonb_build_array(given.order('e', 'ETH')),
    given.window('wa_btc_regtest_001', 0, 5) || given.window('wa_eth_sepolia_001', 0, 5)
) \gset

-- Acting as an auditor

SET LOCAL ROLE pgtill_auditor;

SELECT
    results_eq(
        format(
            'SELECT issued.* FROM app.list_issued_addresses(%L, %s, %s) AS issued',
            asked.id, asked.first_index, asked.max_count
        ),
        format(
            $$
            SELECT
                array_agg(nth::bigint ORDER BY nth),
                array_agg(given.address(%L, nth) ORDER BY nth)
            FROM generate_series(%s, %s) AS nth
            $$,
            asked.chain, asked.first_index, asked.last_index
        ),
        asked.description
    )
FROM (
    VALUES
    ('wa_btc_regtest_001', 'bitcoin', 0, 2, 1, 'the first two'),
    ('wa_btc_regtest_001', 'bitcoin', 2, 2, 3, 'the next two'),
    ('wa_btc_regtest_001', 'bitcoin', 4, 2, 4, 'the last one'),
    ('wa_btc_regtest_001', 'bitcoin', 0, 100, 4, 'all of one account'),
    ('wa_eth_sepolia_001', 'ethereum', 0, 100, 0, 'all of another')
) AS asked (id, chain, first_index, max_count, last_index, description);
SELECT
    results_eq(
        format('SELECT issued.* FROM app.list_issued_addresses(%L, 5, 2) AS issued', asked.id),
        'VALUES (NULL::bigint[], NULL::text[])',
        asked.description
    )
FROM (
    VALUES ('wa_btc_regtest_001', 'at the end: NULLs'), ('wa_nowhere', 'an unknown account: NULLs')
) AS asked (id, description);

-- Refusals

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        'SELECT app.list_issued_addresses($id$wa_btc_regtest_001$id$, 0, 2)',
        '42501',
        'permission denied for function list_issued_addresses',
        'the service never lists addresses of all organizations'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
