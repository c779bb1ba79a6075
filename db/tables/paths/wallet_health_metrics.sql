-- Deploy pgtill:tables/paths/wallet_health_metrics to pg
-- requires: tables/paths/wallet_versions

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE paths.wallet_health_metrics (
    wallet_version integer NOT NULL,
    metric_date date NOT NULL DEFAULT (now() AT TIME ZONE 'UTC')::date,
    allocations_count bigint NOT NULL DEFAULT 0,
    verifications_count bigint NOT NULL DEFAULT 0,
    error_count bigint NOT NULL DEFAULT 0,
    average_response_time_ms integer NOT NULL DEFAULT 0,

    CONSTRAINT wallet_health_metrics_pk PRIMARY KEY (wallet_version, metric_date),
    CONSTRAINT wallet_health_metrics_wallet_fk
    FOREIGN KEY (wallet_version) REFERENCES paths.wallet_versions (version_id),
    CONSTRAINT wallet_health_metrics_not_negative
    CHECK (
        least(allocations_count, verifications_count, error_count, average_response_time_ms) >= 0
    )
);

COMMENT ON TABLE paths.wallet_health_metrics
IS 'What services say of a wallet, summed up by day (UTC).';
COMMENT ON COLUMN paths.wallet_health_metrics.wallet_version
IS 'The wallet.';
COMMENT ON COLUMN paths.wallet_health_metrics.metric_date
IS 'The day (UTC).';
COMMENT ON COLUMN paths.wallet_health_metrics.allocations_count
IS 'Allocations asked for.';
COMMENT ON COLUMN paths.wallet_health_metrics.verifications_count
IS 'Verifications asked for.';
COMMENT ON COLUMN paths.wallet_health_metrics.error_count
IS 'Of both, those that failed.';
COMMENT ON COLUMN paths.wallet_health_metrics.average_response_time_ms
IS 'Mean time to answer, over all of them.';

COMMIT;
