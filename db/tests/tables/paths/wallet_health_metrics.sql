-- wallet_health_metrics: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table paths.wallet_health_metrics

SELECT plan(15);

SELECT count(given.makers()) AS makers \gset

CREATE TEMPORARY TABLE good AS
SELECT
    nth,
    jsonb_build_object(
        'wallet_version', 1,
        'metric_date', '2026-01-0' || nth,
        'allocations_count', nth,
        'verifications_count', nth,
        'error_count', nth,
        'average_response_time_ms', nth
    ) AS fields
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE refused (rule, fields, attempt) AS
VALUES
('wallet_health_metrics_pk', '{"metric_date": "2026-01-01"}'::jsonb, NULL),
('wallet_health_metrics_wallet_fk', '{"wallet_version": 9}', NULL),
('wallet_health_metrics_not_negative', '{"allocations_count": -1}', NULL),
('wallet_health_metrics_not_negative', '{"verifications_count": -1}', NULL),
('wallet_health_metrics_not_negative', '{"error_count": -1}', NULL),
('wallet_health_metrics_not_negative', '{"average_response_time_ms": -1}', NULL);

\ir ../../support/refusals.psql

SELECT * FROM finish();
ROLLBACK;
