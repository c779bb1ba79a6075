-- Deploy pgtill:views/paths/wallet_usage_stats to pg
-- requires: tables/paths/path_registry

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE VIEW paths.wallet_usage_stats AS

-- Paths and manufacturers are counted each for themselves: joined first, they would multiply.
WITH used AS (
    SELECT
        path.wallet_version,
        count(*) AS total_paths,
        sum(path.quantity) AS total_identifiers,
        max(path.allocated_at) AS last_allocation
    FROM paths.path_registry AS path
    WHERE path.status = 'active'
    GROUP BY path.wallet_version
),

present AS (
    SELECT
        manufacturer.wallet_version,
        count(*) AS active_manufacturers
    FROM paths.manufacturer_registry AS manufacturer
    WHERE manufacturer.status = 'active'
    GROUP BY manufacturer.wallet_version
)

SELECT
    wallet.version_id,
    wallet.version_name,
    wallet.environment,
    coalesce(used.total_paths, 0) AS total_paths,
    coalesce(used.total_identifiers, 0) AS total_identifiers,
    coalesce(present.active_manufacturers, 0) AS active_manufacturers,
    used.last_allocation
FROM paths.wallet_versions AS wallet
LEFT JOIN used ON wallet.version_id = used.wallet_version
LEFT JOIN present ON wallet.version_id = present.wallet_version;

COMMENT ON VIEW paths.wallet_usage_stats IS 'Wallets with what is active in them.';
COMMENT ON COLUMN paths.wallet_usage_stats.version_id IS 'The wallet.';
COMMENT ON COLUMN paths.wallet_usage_stats.version_name IS 'Its name.';
COMMENT ON COLUMN paths.wallet_usage_stats.environment IS 'Its environment.';
COMMENT ON COLUMN paths.wallet_usage_stats.total_paths IS 'Active paths.';
COMMENT ON COLUMN paths.wallet_usage_stats.total_identifiers IS 'Things that they name.';
COMMENT ON COLUMN paths.wallet_usage_stats.active_manufacturers IS 'Active manufacturers.';
COMMENT ON COLUMN paths.wallet_usage_stats.last_allocation
IS 'When an active path was last allocated, or NULL.';

GRANT SELECT ON paths.wallet_usage_stats TO pgtill_operator, pgtill_auditor;

COMMIT;
