-- chart_of_accounts: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table ledger.chart_of_accounts

SELECT plan(13);

-- The trigger that refuses edits comes before every rule; it has a test of its own.

ALTER TABLE ledger.chart_of_accounts DISABLE TRIGGER USER;

CREATE TEMPORARY TABLE good AS
SELECT
    nth,
    jsonb_build_object(
        'name', (ARRAY['one', 'two', 'three'])[nth],
        'type', 'asset',
        'suffix', (ARRAY['payment', 'merchant', 'psp'])[nth],
        'is_covered', FALSE,
        'description', 'a test'
    ) AS fields
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE refused (rule, fields) AS
VALUES
('chart_of_accounts_pk', '{"name": "one"}'::jsonb),
('chart_of_accounts_name_shape', '{"name": "one:"}'),
('chart_of_accounts_suffix_known', '{"suffix": "customer"}'),
('chart_of_accounts_description_length', '{"description": ""}');

\ir ../../support/refusals.psql

-- Append-only, for everybody

ALTER TABLE ledger.chart_of_accounts ENABLE ALWAYS TRIGGER chart_of_accounts_append_only;

SELECT throws_ok(attempt.statement, 'TL302', 'the ledger is append-only', attempt.statement)
FROM (
    VALUES
    ('UPDATE ledger.chart_of_accounts SET type = ''equity'''),
    ('TRUNCATE ledger.chart_of_accounts')
) AS attempt (statement);

SELECT * FROM finish();
ROLLBACK;
