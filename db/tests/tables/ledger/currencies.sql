-- currencies: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table ledger.currencies

SELECT plan(19);

-- The trigger that refuses edits comes before every rule; it has a test of its own.

ALTER TABLE ledger.currencies DISABLE TRIGGER USER;

CREATE TEMPORARY TABLE good AS
SELECT
    nth,
    jsonb_build_object(
        'code', (ARRAY['X1', 'LONGESTCODEOFALL', 'XYZ'])[nth],
        'exponent', (ARRAY[0, 30, 2])[nth],
        'name', 'a currency',
        'kind', (ARRAY['iso4217', 'asset', 'asset'])[nth]
    ) AS fields
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE refused (rule, fields) AS
VALUES
('currencies_pk', '{"code": "X1"}'::jsonb),
('currencies_code_shape', '{"code": "usd"}'),
('currencies_code_shape', '{"code": "LONGESTCODEOFALLX"}'),
('currencies_exponent_range', '{"exponent": -1}'),
('currencies_exponent_range', '{"exponent": 31}'),
('currencies_name_length', '{"name": ""}'),
('currencies_kind_known', '{"kind": "points"}');

\ir ../../support/refusals.psql

-- What the deployment wrote

SELECT
    results_eq(
        $$
        SELECT currency.code COLLATE "default", currency.exponent
        FROM ledger.currencies AS currency
        WHERE currency.code IN ('BHD', 'BTC', 'ETH', 'JPY', 'USD', 'USDT')
        ORDER BY currency.code
        $$,
        $$ VALUES ('BHD', 3), ('BTC', 8), ('ETH', 18), ('JPY', 0), ('USD', 2), ('USDT', 6) $$,
        'decimals as ISO 4217 and the assets have them; USDT is not USD'
    );
SELECT
    is_empty(
        $$
        SELECT catalog.asset, catalog.decimals
        FROM app.asset_catalog AS catalog
        EXCEPT
        SELECT currency.code COLLATE "default", currency.exponent
        FROM ledger.currencies AS currency
        $$,
        'every asset of the catalog is there with the catalog''s decimals'
    );

SELECT * FROM finish();
ROLLBACK;
