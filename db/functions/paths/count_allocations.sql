-- Deploy pgtill:functions/paths/count_allocations to pg
-- requires: types/paths/placement
-- requires: tables/paths/manufacturer_registry

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.count_allocations(placements paths.placement[])
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _wallets integer[];
    _indexes integer[];
    _counts bigint[];
BEGIN
    -- Read once: there may be ten thousand, of a few manufacturers.
    SELECT
        array_agg(taken.wallet_version),
        array_agg(taken.manufacturer_index),
        array_agg(taken.path_count)
    INTO _wallets, _indexes, _counts
    FROM (
        SELECT
            made.wallet_version,
            split_part(made.base_path, '.', 1)::integer AS manufacturer_index,
            count(*) AS path_count
        FROM unnest(count_allocations.placements) AS made
        WHERE made.outcome = 'allocated'
        GROUP BY 1, 2
    ) AS taken;

    -- Lock order 13: wallets, by version. Held until commit, so whoever shuts a wallet or moves a
    -- manufacturer, who begins with this lock, sees every path that was allocated before.
    PERFORM wallet.version_id
    FROM paths.wallet_versions AS wallet
    WHERE wallet.version_id = ANY (_wallets)
    ORDER BY wallet.version_id
    FOR NO KEY UPDATE;

    UPDATE paths.wallet_versions AS wallet
    SET
        current_daily_allocations = taken.path_count + CASE
            WHEN wallet.last_reset_date = (now() AT TIME ZONE 'UTC')::date
                THEN wallet.current_daily_allocations
            ELSE 0
        END,
        last_reset_date = (now() AT TIME ZONE 'UTC')::date
    FROM (
        SELECT used.wallet_version, sum(used.path_count) AS path_count
        FROM unnest(_wallets, _counts) AS used (wallet_version, path_count)
        GROUP BY used.wallet_version
    ) AS taken
    WHERE wallet.version_id = taken.wallet_version;

    -- Then their manufacturers: above READ COMMITTED a transfer that was committed since the snapshot
    -- is not seen, but met.
    PERFORM manufacturer.manufacturer_index
    FROM paths.manufacturer_registry AS manufacturer
    WHERE (manufacturer.wallet_version, manufacturer.manufacturer_index) IN (
        SELECT used.wallet_version, used.manufacturer_index
        FROM unnest(_wallets, _indexes) AS used (wallet_version, manufacturer_index)
    )
    ORDER BY manufacturer.wallet_version, manufacturer.manufacturer_index
    FOR SHARE;

    -- What was read before the lock may have changed until it was had.
    IF EXISTS (
        SELECT
        FROM unnest(_wallets, _indexes) AS used (wallet_version, manufacturer_index)
        INNER JOIN paths.wallet_versions AS wallet ON wallet.version_id = used.wallet_version
        INNER JOIN paths.manufacturer_registry AS manufacturer
            ON manufacturer.wallet_version = used.wallet_version
            AND manufacturer.manufacturer_index = used.manufacturer_index
        WHERE wallet.status <> 'active' OR manufacturer.status <> 'active'
    ) THEN
        RAISE EXCEPTION 'wallet or manufacturer changed meanwhile'
            USING
                ERRCODE = 'serialization_failure',
                HINT = 'Call again.';
    END IF;
END
$function$;

COMMENT ON FUNCTION paths.count_allocations(paths.placement[])
IS
$comment$Count allocations on their wallets' rows, within the daily limit, and hold what was read.

Breaks wallet_versions_daily_limit, or raises 40001, where another session was quicker: plan again.
Private to try_to_allocate() and allocate_batch().$comment$;

COMMIT;
