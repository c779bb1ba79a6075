-- Deploy pgtill:functions/app/catalog_violations to pg
-- requires: tables/app/asset_catalog

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.catalog_violations(
    keysets jsonb,
    address_schemes jsonb,
    allow_mainnet boolean
)
RETURNS TABLE (rule text, subject text, remedy text)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH
    served AS (
        SELECT
            format('%s/%s/%s', catalog.chain, catalog.network, catalog.asset) AS subject,
            catalog.chain,
            catalog.network,
            catalog.wallet_account_id,
            catalog.address_scheme,
            catalog.chain_id,
            catalog.token_standard,
            catalog.token_contract,
            catalog.token_decimals,
            catalog.default_expires_in_seconds,
            account.id AS account_id,
            account.chain AS account_chain,
            account.network AS account_network,
            account.keyset_id,
            account.derivation_path_template,
            account.is_active,
            account.next_index,
            account.parent_key_digest,
            place.is_mainnet,
            place.is_allowed,
            place.chain_id AS network_chain_id,
            keyset.keyset_id AS configured_keyset_id,
            keyset.parent_key_digest AS configured_digest
        FROM app.asset_catalog AS catalog
        LEFT JOIN app.wallet_accounts AS account ON catalog.wallet_account_id = account.id
        LEFT JOIN app.networks AS place
            ON catalog.chain = place.chain AND catalog.network = place.network
        LEFT JOIN
            jsonb_to_recordset(catalog_violations.keysets)
                AS keyset (
                    chain text, network text, keyset_id text, parent_key_digest text
                )
            ON
                catalog.chain = keyset.chain
                AND catalog.network = keyset.network
                AND account.keyset_id = keyset.keyset_id
        WHERE catalog.enabled
    )

    SELECT
        broken.rule,
        served.subject,
        broken.remedy
    FROM served
    CROSS JOIN
        LATERAL (
            VALUES
            -- What configuration must have for the rows
            (
                'keyset_configured',
                served.configured_keyset_id IS NOT NULL,
                format('configure keyset %s, or disable the asset', served.keyset_id)
            ),
            (
                'key_is_bound',
                served.configured_digest IS NULL
                OR served.parent_key_digest IS NOT DISTINCT FROM served.configured_digest,
                format(
                    '%s is bound to another key than configured: rotate the keyset',
                    served.wallet_account_id
                )
            ),
            (
                'address_scheme_allowed',
                coalesce(
                    catalog_violations.address_schemes -> served.chain ? served.address_scheme,
                    FALSE
                ),
                format(
                    'allow %s for %s in the allow-list, or disable the asset',
                    served.address_scheme, served.chain
                )
            ),
            (
                'mainnet_override',
                NOT coalesce(served.is_mainnet, TRUE) OR catalog_violations.allow_mainnet,
                'set PAYMENT_REQUEST_DEVTEST_ALLOW_MAINNET=true, or disable the asset'
            ),
            -- What constraints keep: looked at again, as if one could have been dropped
            (
                'network_allowed',
                coalesce(served.is_allowed, FALSE),
                'allow the network, or disable the asset'
            ),
            ('account_exists', served.account_id IS NOT NULL, 'bind the asset to a wallet account'),
            (
                'account_active',
                coalesce(served.is_active, FALSE),
                'bind the asset to an active wallet account'
            ),
            (
                'account_of_network',
                coalesce(
                    served.account_chain = served.chain AND served.account_network = served.network,
                    FALSE
                ),
                'bind the asset to an account of its chain and network'
            ),
            (
                'expiry_range',
                served.default_expires_in_seconds BETWEEN 60 AND 2592000,
                'set 60 to 2592000 seconds'
            ),
            (
                'chain_id',
                served.chain_id IS NOT DISTINCT FROM served.network_chain_id,
                'set the chain id of the network'
            ),
            (
                'token_all_or_none',
                num_nonnulls(served.token_standard, served.token_contract, served.token_decimals)
                IN (0, 3),
                'set standard, contract and decimals of a token, or none of them'
            ),
            (
                'cursor_range',
                coalesce(served.next_index BETWEEN 0 AND 2147483648, FALSE),
                'the account''s cursor is impossible: restore it'
            ),
            (
                'path_template',
                coalesce(served.derivation_path_template = '0/{index}', FALSE),
                'the only template is 0/{index}'
            )
        ) AS broken (rule, holds, remedy)
    WHERE broken.holds IS NOT TRUE
    ORDER BY served.subject, broken.rule;
END;

COMMENT ON FUNCTION app.catalog_violations(jsonb, jsonb, boolean)
IS
$comment$Answer each reason why an enabled asset must not be served with this configuration.

keysets          [{chain, network, keyset_id, parent_key_digest}, ...] as configured
address_schemes  {chain: [scheme, ...]} as configured
allow_mainnet    whether networks whose coins are money may be served

Reads only; no row is well. Answers rule, the asset (chain/network/asset), and what to do.$comment$;

GRANT EXECUTE ON FUNCTION app.catalog_violations(jsonb, jsonb, boolean)
TO pgtill_service, pgtill_operator;

COMMIT;
