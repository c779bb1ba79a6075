-- Deploy pgtill:functions/app/judge_orders to pg
-- requires: tables/app/asset_catalog
-- requires: tables/app/idempotency_records

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.judge_orders(orders jsonb)
RETURNS TABLE (
    order_position integer,
    verdict text,
    organization_id bigint,
    idempotency_key text,
    request_hash text,
    chain text,
    network text,
    asset text,
    expected_amount_minor numeric,
    expires_in_seconds bigint,
    metadata jsonb,
    first_answer jsonb,
    issued_by text,
    wallet_account_id text,
    next_index bigint,
    address_scheme text,
    chain_id bigint,
    token_standard text,
    token_contract text,
    token_decimals integer
)
LANGUAGE sql
STABLE
BEGIN ATOMIC
    WITH
    asked AS (
        SELECT
            item.order_position::integer AS order_position,
            item.organization_id,
            item.idempotency_key,
            item.request_hash,
            item.chain,
            item.network,
            item.asset,
            item.expected_amount_minor,
            item.expires_in_seconds,
            item.metadata
        FROM ROWS FROM (
            jsonb_to_recordset(judge_orders.orders) AS (
                organization_id bigint,
                idempotency_key text,
                request_hash text,
                chain text,
                network text,
                asset text,
                expected_amount_minor numeric,
                expires_in_seconds bigint,
                metadata jsonb
            )
        ) WITH ORDINALITY AS item (
            organization_id, idempotency_key, request_hash, chain, network, asset,
            expected_amount_minor, expires_in_seconds, metadata, order_position
        )
    )

    SELECT
        asked.order_position,
        CASE
            WHEN record.request_hash = asked.request_hash THEN 'replayed'
            WHEN record.request_hash IS NOT NULL THEN 'idempotency_key_conflict'
            WHEN account.next_index >= 2147483648 THEN 'wallet_exhausted'
            WHEN account.next_index IS NOT NULL THEN 'created'
            WHEN EXISTS (
                SELECT FROM app.asset_catalog AS sibling
                WHERE sibling.chain = asked.chain AND sibling.network = asked.network AND sibling.enabled
            ) THEN 'unsupported_asset'
            ELSE 'unsupported_network'
        END AS verdict,
        asked.organization_id,
        asked.idempotency_key,
        asked.request_hash,
        asked.chain,
        asked.network,
        asked.asset,
        asked.expected_amount_minor,
        coalesce(asked.expires_in_seconds, catalog.default_expires_in_seconds) AS expires_in_seconds,
        coalesce(asked.metadata, '{}') AS metadata,
        record.response_payload AS first_answer,
        record.issued_by,
        catalog.wallet_account_id,
        account.next_index,
        catalog.address_scheme,
        catalog.chain_id,
        catalog.token_standard,
        catalog.token_contract,
        catalog.token_decimals
    FROM asked
    LEFT JOIN LATERAL (
        SELECT
            known.request_hash,
            known.response_payload,
            issued.wallet_account_id AS issued_by
        FROM app.idempotency_records AS known
        LEFT JOIN app.payment_requests AS issued ON issued.id = known.resource_id
        WHERE known.organization_id = asked.organization_id
            AND known.idempotency_key = asked.idempotency_key
            AND known.scope_method = 'POST'
            AND known.scope_path = '/v1/payment-requests'
        LIMIT 1
    ) AS record ON true
    LEFT JOIN app.asset_catalog AS catalog
        ON catalog.chain = asked.chain
        AND catalog.network = asked.network
        AND catalog.asset = asked.asset
        AND catalog.enabled
    LEFT JOIN app.wallet_accounts AS account ON account.id = catalog.wallet_account_id;
END;

COMMENT ON FUNCTION app.judge_orders(jsonb)
IS $comment$Say of each order of a batch, as if it came alone, what becomes of it: its verdict.

replayed, idempotency_key_conflict, wallet_exhausted, created, unsupported_asset or
unsupported_network; with it the order's fields, the first answer to its key, the account that
answer's address is of (issued_by), and what the catalog and the cursor say now.
Private to plan_allocation(), where orders of one batch meet.$comment$;

COMMIT;
