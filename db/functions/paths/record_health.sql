-- Deploy pgtill:functions/paths/record_health to pg
-- requires: tables/paths/wallet_health_metrics

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.record_health(
    wallet_version integer,
    allocations_count integer,
    verifications_count integer,
    error_count integer,
    average_response_time_ms integer
)
RETURNS void
LANGUAGE sql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    INSERT INTO paths.wallet_health_metrics AS known (
        wallet_version, allocations_count, verifications_count, error_count,
        average_response_time_ms
    )
    VALUES (
        record_health.wallet_version,
        record_health.allocations_count,
        record_health.verifications_count,
        record_health.error_count,
        record_health.average_response_time_ms
    )
    ON CONFLICT ON CONSTRAINT wallet_health_metrics_pk DO UPDATE
        SET
            allocations_count = known.allocations_count + excluded.allocations_count,
            verifications_count = known.verifications_count + excluded.verifications_count,
            error_count = known.error_count + excluded.error_count,
            -- The mean of both, each with its weight.
            average_response_time_ms = coalesce(
                (
                    known.average_response_time_ms
                    * (known.allocations_count + known.verifications_count)
                    + excluded.average_response_time_ms
                    * (excluded.allocations_count + excluded.verifications_count)
                )
                / nullif(
                    known.allocations_count + known.verifications_count
                    + excluded.allocations_count + excluded.verifications_count,
                    0
                ),
                0
            );
END;

COMMENT ON FUNCTION paths.record_health(integer, integer, integer, integer, integer)
IS
$comment$Add to what services say of a wallet today (UTC): counts, and the mean time to answer.

Raises
  23502  a figure is NULL
  23503  wallet version does not exist (wallet_health_metrics_wallet_fk)
  23514  a figure is negative (wallet_health_metrics_not_negative)$comment$;

GRANT EXECUTE
ON FUNCTION paths.record_health(integer, integer, integer, integer, integer)
TO pgtill_service;

COMMIT;
