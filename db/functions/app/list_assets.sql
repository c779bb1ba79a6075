-- Deploy pgtill:functions/app/list_assets to pg
-- requires: tables/app/asset_catalog

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.list_assets()
RETURNS TABLE (
    chain text,
    network text,
    asset text,
    minor_unit text,
    decimals integer,
    address_scheme text,
    chain_id bigint,
    token_standard text,
    token_contract text,
    token_decimals integer,
    default_expires_in_seconds bigint,
    enabled boolean,
    is_mainnet boolean,
    wallet_account_id text,
    keyset_id text,
    derivation_path_template text,
    parent_key_digest text,
    next_index bigint
)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT
        catalog.chain,
        catalog.network,
        catalog.asset,
        catalog.minor_unit,
        catalog.decimals,
        catalog.address_scheme,
        catalog.chain_id,
        catalog.token_standard,
        catalog.token_contract,
        catalog.token_decimals,
        catalog.default_expires_in_seconds,
        catalog.enabled,
        place.is_mainnet,
        account.id AS wallet_account_id,
        account.keyset_id,
        account.derivation_path_template,
        account.parent_key_digest,
        account.next_index
    FROM app.asset_catalog AS catalog
    INNER JOIN app.wallet_accounts AS account ON catalog.wallet_account_id = account.id
    INNER JOIN app.networks AS place
        ON catalog.chain = place.chain AND catalog.network = place.network
    ORDER BY
        catalog.chain COLLATE pg_catalog."C",
        catalog.network COLLATE pg_catalog."C",
        catalog.asset COLLATE pg_catalog."C";
END;

COMMENT ON FUNCTION app.list_assets()
IS 'Answer the whole catalog, disabled rows too, each with its wallet account, in order.';

GRANT EXECUTE ON FUNCTION app.list_assets() TO pgtill_service, pgtill_operator;

COMMIT;
