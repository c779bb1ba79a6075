-- currencies: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table ledger.currencies

SELECT plan(21);

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
    is(
        (
            SELECT
                string_agg(
                    format('%s: %s', exponents.exponent, exponents.codes),
                    '; ' ORDER BY exponents.exponent
                )
            FROM (
                SELECT
                    currency.exponent,
                    CASE
                        WHEN currency.exponent = 2 THEN count(*)::text
                        ELSE string_agg(currency.code, ' ' ORDER BY currency.code)
                    END AS codes
                FROM ledger.currencies AS currency
                WHERE currency.kind = 'iso4217' AND currency.code <> 'X1'
                GROUP BY currency.exponent
            ) AS exponents
        ),
        '0: BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF; 2: 139;'
        ' 3: BHD IQD JOD KWD LYD OMR TND; 4: CLF UYW',
        '165 codes with a smallest unit, as list one of ISO 4217 had them in February 2026'
    );
SELECT
    is_empty(
        $$
        SELECT currency.code
        FROM ledger.currencies AS currency
        WHERE currency.code IN ('ANG', 'BGN', 'CUC', 'HRK', 'SLL', 'ZWL', 'XAU', 'XDR', 'XTS', 'XXX')
        $$,
        'none that was withdrawn until then, and none without a smallest unit'
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
