-- Deploy pgtill:functions/app/configuration_violations to pg
-- requires: tables/app/asset_catalog

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.configuration_violations(
    keysets jsonb,
    address_schemes jsonb,
    allow_mainnet boolean
)
RETURNS TABLE (rule text, subject text, remedy text)
LANGUAGE sql
STABLE
BEGIN ATOMIC
    WITH
    served AS (
        SELECT
            format('%s/%s/%s', catalog.chain, catalog.network, catalog.asset) AS subject,
            catalog.chain,
            catalog.wallet_account_id,
            catalog.address_scheme,
            account.keyset_id,
            account.parent_key_digest,
            place.is_mainnet,
            keyset.keyset_id AS configured_keyset_id,
            keyset.parent_key_digest AS configured_digest
        FROM app.asset_catalog AS catalog
        LEFT JOIN app.wallet_accounts AS account ON catalog.wallet_account_id = account.id
        LEFT JOIN app.networks AS place
            ON catalog.chain = place.chain AND catalog.network = place.network
        LEFT JOIN
            jsonb_to_recordset(configuration_violations.keysets)
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
                    configuration_violations.address_schemes -> served.chain
                    ? served.address_scheme,
                    FALSE
                ),
                format(
                    'allow %s for %s in the allow-list, or disable the asset',
                    served.address_scheme, served.chain
                )
            ),
            (
                'mainnet_override',
                NOT coalesce(served.is_mainnet, TRUE) OR configuration_violations.allow_mainnet,
                'set PAYMENT_REQUEST_DEVTEST_ALLOW_MAINNET=true, or disable the asset'
            )
        ) AS broken (rule, holds, remedy)
    WHERE broken.holds IS NOT TRUE;
END;

COMMENT ON FUNCTION app.configuration_violations(jsonb, jsonb, boolean)
IS $comment$Answer what configuration lacks for each enabled asset.

Private to catalog_violations(), which documents arguments and answer.$comment$;

COMMIT;
