-- Deploy pgtill:functions/paths/verify_across_wallets to pg
-- requires: tables/paths/cross_wallet_verifications
-- requires: tables/paths/path_registry
-- requires: functions/paths/seen_manufacturers

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.verify_across_wallets(
    organization_id bigint,
    user_id text,
    source_wallet integer,
    base_path text,
    target_wallet integer
)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _is_there boolean;
BEGIN
    IF NOT EXISTS (
        SELECT
        FROM paths.wallet_versions AS wallet
        WHERE wallet.version_id IN (
            verify_across_wallets.source_wallet, verify_across_wallets.target_wallet
        )
        HAVING count(*)
            = CASE WHEN verify_across_wallets.source_wallet = verify_across_wallets.target_wallet
                THEN 1 ELSE 2 END
    ) THEN
        RAISE EXCEPTION 'wallet version does not exist'
            USING
                ERRCODE = 'TL204',
                DETAIL = format(
                    'wallet versions %s and %s',
                    verify_across_wallets.source_wallet, verify_across_wallets.target_wallet
                );
    END IF;

    -- Transfer by transfer: it may have moved on.
    WITH RECURSIVE way (wallet_version, base_path) AS (
        SELECT path.wallet_version, path.base_path
        FROM paths.path_registry AS path
        INNER JOIN paths.seen_manufacturers(
            verify_across_wallets.organization_id, verify_across_wallets.user_id
        ) AS manufacturer
            ON manufacturer.wallet_version = path.wallet_version
            AND manufacturer.manufacturer_index = path.manufacturer_index
        WHERE path.wallet_version = verify_across_wallets.source_wallet
            AND path.base_path = verify_across_wallets.base_path
        UNION
        SELECT path.transferred_to_wallet, path.transferred_to_path
        FROM way
        INNER JOIN paths.path_registry AS path
            ON path.wallet_version = way.wallet_version AND path.base_path = way.base_path
        WHERE path.transferred_to_wallet IS NOT NULL
    )

    SELECT coalesce(bool_or(way.wallet_version = verify_across_wallets.target_wallet), FALSE)
    INTO _is_there
    FROM way;

    INSERT INTO paths.cross_wallet_verifications (
        source_wallet, target_wallet, base_path, verification_result
    )
    VALUES (
        verify_across_wallets.source_wallet, verify_across_wallets.target_wallet,
        verify_across_wallets.base_path, _is_there
    );
    RETURN _is_there;
END
$function$;

COMMENT ON FUNCTION paths.verify_across_wallets(bigint, text, integer, text, integer)
IS
$comment$Tell whether a path of one wallet was moved, at once or on its way, to another; recorded.

A path that the key may not see was moved nowhere, as one that is not there.

Raises
  TL204  wallet version does not exist
  23502  base_path is NULL
  23514  base_path is empty or too long (cross_wallet_verifications_base_path_length)$comment$;

GRANT EXECUTE ON FUNCTION paths.verify_across_wallets(bigint, text, integer, text, integer)
TO pgtill_service;

COMMIT;
