-- bootstrap_metadata: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table app.bootstrap_metadata

SELECT plan(6);

SELECT
    results_eq(
        'SELECT fact.key, fact.value FROM app.bootstrap_metadata AS fact',
        $$ VALUES ('bootstrap_version', 'v1') $$,
        'the deployment wrote its version'
    );

CREATE TEMPORARY TABLE good AS
SELECT
    nth,
    jsonb_build_object('key', 'fact ' || nth, 'value', 'x') AS fields
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE refused (rule, fields) AS
VALUES ('bootstrap_metadata_pk', '{"key": "fact 1"}'::jsonb);

\ir ../../support/refusals.psql

SELECT * FROM finish();
ROLLBACK;
