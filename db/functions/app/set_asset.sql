-- Deploy pgtill:functions/app/set_asset to pg
-- requires: tables/app/asset_catalog

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.set_asset(
    chain text,
    network text,
    asset text,
    approved_by text,
    source_ref text,
    enabled boolean DEFAULT NULL,
    default_expires_in_seconds bigint DEFAULT NULL,
    wallet_account_id text DEFAULT NULL
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
BEGIN
    UPDATE app.asset_catalog AS catalog
    SET
        enabled = coalesce(set_asset.enabled, catalog.enabled),
        default_expires_in_seconds
        = coalesce(set_asset.default_expires_in_seconds, catalog.default_expires_in_seconds),
        wallet_account_id = coalesce(set_asset.wallet_account_id, catalog.wallet_account_id),
        approved_by = set_asset.approved_by,
        source_ref = set_asset.source_ref,
        approved_at = now(),
        updated_at = now()
    WHERE catalog.chain = set_asset.chain
        AND catalog.network = set_asset.network
        AND catalog.asset = set_asset.asset;

    IF NOT FOUND THEN
        RAISE EXCEPTION 'asset is not in the catalog'
            USING
                ERRCODE = 'TL006',
                DETAIL = format('%s/%s/%s', set_asset.chain, set_asset.network, set_asset.asset);
    END IF;
END
$function$;

COMMENT ON FUNCTION app.set_asset(text, text, text, text, text, boolean, bigint, text)
IS
$comment$Change an asset of the catalog, and say who approved it and where that stands.

An argument left out (NULL) leaves its column as it is.

Raises
  TL006  asset is not in the catalog
  23502  approved_by or source_ref is NULL
  23503  the account does not exist, is not of that chain and network
         (asset_catalog_wallet_account_network_fk), or is not active while the asset is enabled
         (asset_catalog_enabled_account_active_fk)
  23514  expiry out of 60 to 2,592,000 seconds (asset_catalog_default_expires_range)$comment$;

GRANT EXECUTE
ON FUNCTION app.set_asset(text, text, text, text, text, boolean, bigint, text)
TO pgtill_operator;

COMMIT;
