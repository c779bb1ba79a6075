-- Deploy pgtill:functions/app/plan_allocation to pg
-- requires: functions/app/judge_orders

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.plan_allocation(orders jsonb, windows jsonb)
RETURNS TABLE (
    order_position integer,
    outcome text,
    leader_position integer,
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
    wallet_account_id text,
    next_index bigint,
    derivation_index bigint,
    address text,
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
    -- The first order of a key leads; the others of this batch follow its fate.
    led AS (
        SELECT
            judged.*,
            min(judged.order_position) OVER (
                PARTITION BY judged.organization_id, judged.idempotency_key, judged.verdict
            ) AS leader_position
        FROM app.judge_orders(plan_allocation.orders) AS judged
    ),

    -- Leaders take the next indexes of their account in the order in which they came.
    numbered AS (
        SELECT
            led.*,
            CASE
                WHEN led.verdict = 'created' AND led.leader_position = led.order_position
                    THEN
                        led.next_index - 1 + count(*) FILTER (
                            WHERE led.verdict = 'created'
                            AND led.leader_position = led.order_position
                        ) OVER (PARTITION BY led.wallet_account_id ORDER BY led.order_position)
            END AS derivation_index
        FROM led
    ),

    -- Read once: an order that reads them for itself copies all addresses.
    spans AS MATERIALIZED (
        SELECT
            item.span ->> 'wallet_account_id' AS wallet_account_id,
            (item.span ->> 'first_index')::bigint AS first_index,
            item.span -> 'addresses' AS addresses
        FROM jsonb_array_elements(plan_allocation.windows) AS item (span)
    ),

    -- A window that begins after the cursor would leave a hole; it counts as missed.
    addressed AS (
        SELECT
            numbered.*,
            span.addresses ->> (numbered.derivation_index - span.first_index)::integer AS address
        FROM numbered
        LEFT JOIN LATERAL (
            SELECT
                spans.first_index,
                spans.addresses
            FROM spans
            WHERE
                spans.wallet_account_id = numbered.wallet_account_id
                AND spans.first_index <= numbered.next_index
            LIMIT 1  -- noqa: AM09
        ) AS span ON numbered.derivation_index <= 2147483647
    ),

    decided AS (
        SELECT
            addressed.*,
            CASE
                WHEN addressed.derivation_index IS NULL THEN addressed.verdict
                WHEN addressed.derivation_index > 2147483647 THEN 'wallet_exhausted'
                -- Once an address is missing, whoever comes later would leave a hole.
                WHEN
                    bool_or(addressed.address IS NULL) FILTER (
                        WHERE addressed.derivation_index IS NOT NULL
                    )
                        OVER (
                            PARTITION BY addressed.wallet_account_id
                            ORDER BY addressed.order_position
                        )
                    THEN 'window_missed'
                ELSE 'created'
            END AS leader_outcome
        FROM addressed
    )

    SELECT
        mine.order_position,
        CASE
            WHEN mine.verdict <> 'created' OR mine.order_position = mine.leader_position
                THEN mine.leader_outcome
            WHEN leader.request_hash = mine.request_hash AND leader.leader_outcome = 'created'
                THEN 'replayed'
            WHEN leader.request_hash = mine.request_hash THEN leader.leader_outcome
            WHEN leader.leader_outcome = 'created' THEN 'idempotency_key_conflict'
            -- Its leader was refused, so the key is still free: to be asked again.
            ELSE 'window_missed'
        END AS outcome,
        mine.leader_position,
        mine.organization_id,
        mine.idempotency_key,
        mine.request_hash,
        mine.chain,
        mine.network,
        mine.asset,
        mine.expected_amount_minor,
        mine.expires_in_seconds,
        mine.metadata,
        mine.first_answer,
        -- A replay names the account that its address came from, which may be a former one.
        CASE WHEN mine.verdict = 'replayed' THEN mine.issued_by ELSE mine.wallet_account_id END
            AS wallet_account_id,
        CASE
            WHEN mine.verdict <> 'replayed' OR mine.issued_by = mine.wallet_account_id
                THEN mine.next_index
        END AS next_index,
        mine.derivation_index,
        mine.address,
        mine.address_scheme,
        mine.chain_id,
        mine.token_standard,
        mine.token_contract,
        mine.token_decimals
    FROM decided AS mine
    LEFT JOIN decided AS leader
        ON
            mine.leader_position = leader.order_position
            AND mine.order_position <> mine.leader_position;
END;

COMMENT ON FUNCTION app.plan_allocation(jsonb, jsonb)
IS $comment$Decide, without changing anything, what becomes of each order of a batch.

Reads keys, catalog and cursors as this statement sees them: hold the cursors' rows first.
Private to allocate_and_insert(), which documents the arguments and the outcomes.$comment$;

COMMIT;
