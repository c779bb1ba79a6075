-- address_schemes: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table app.address_schemes

SELECT plan(7);

SELECT
    results_eq(
        'SELECT scheme.chain, scheme.address_scheme FROM app.address_schemes AS scheme ORDER BY'
        ' scheme.chain',
        $$ VALUES ('bitcoin', 'bip84_p2wpkh'), ('ethereum', 'evm_bip44') $$,
        'this release: one scheme a chain'
    );

CREATE TEMPORARY TABLE good AS
SELECT
    nth,
    jsonb_build_object('chain', 'bitcoin', 'address_scheme', 'scheme' || nth) AS fields
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE refused (rule, fields) AS
VALUES ('address_schemes_pk', '{"address_scheme": "scheme1"}'::jsonb);

\ir ../../support/refusals.psql

SELECT
    throws_ok(
        'DELETE FROM app.address_schemes WHERE address_scheme = ''bip84_p2wpkh''',
        '23503',
        'update or delete on table "address_schemes" violates foreign key constraint'
        ' "asset_catalog_address_scheme_fk" on table "asset_catalog"',
        'a scheme that assets use is not removed'
    );

SELECT * FROM finish();
ROLLBACK;
