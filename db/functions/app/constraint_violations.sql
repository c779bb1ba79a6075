-- Deploy pgtill:functions/app/constraint_violations to pg
-- requires: tables/app/asset_catalog

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.constraint_violations()
RETURNS TABLE (rule text, subject text, remedy text)
LANGUAGE sql
STABLE
BEGIN ATOMIC
    WITH
    served AS (
        SELECT
            format('%s/%s/%s', catalog.chain, catalog.network, catalog.asset) AS subject,
            catalog.chain,
            catalog.network,
            catalog.chain_id,
            catalog.token_standard,
            catalog.token_contract,
            catalog.token_decimals,
            catalog.default_expires_in_seconds,
            account.id AS account_id,
            account.chain AS account_chain,
            account.network AS account_network,
            account.derivation_path_template,
            account.is_active,
            account.next_index,
            place.is_allowed,
            place.chain_id AS network_chain_id
        FROM app.asset_catalog AS catalog
        LEFT JOIN app.wallet_accounts AS account ON catalog.wallet_account_id = account.id
        LEFT JOIN app.networks AS place
            ON catalog.chain = place.chain AND catalog.network = place.network
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
    WHERE broken.holds IS NOT TRUE;
END;

COMMENT ON FUNCTION app.constraint_violations()
IS $comment$Answer what of each enabled asset breaks a constraint, as if one had been dropped.

Private to catalog_violations(), which documents the answer.$comment$;

COMMIT;
