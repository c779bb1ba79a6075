-- Deploy pgtill:functions/app/insert_allocations to pg
-- requires: functions/app/plan_allocation
-- requires: functions/app/payment_request_payload
-- requires: functions/app/make_payment_request_id

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.insert_allocations(orders jsonb, windows jsonb)
RETURNS TABLE (
    order_position integer,
    outcome text,
    payment_request jsonb,
    wallet_account_id text,
    next_index bigint
)
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
BEGIN
    RETURN QUERY
    WITH planned AS MATERIALIZED (
        SELECT plan.*
        FROM app.plan_allocation(insert_allocations.orders, insert_allocations.windows) AS plan
    ),
    created AS (
        INSERT INTO app.payment_requests AS request (
            id, organization_id, wallet_account_id, chain, network, asset, expected_amount_minor,
            address_canonical, address_scheme, derivation_index, chain_id,
            token_standard, token_contract, token_decimals, metadata, expires_at
        )
        SELECT
            app.make_payment_request_id(), plan.organization_id, plan.wallet_account_id, plan.chain,
            plan.network, plan.asset, plan.expected_amount_minor,
            plan.address, plan.address_scheme, plan.derivation_index, plan.chain_id,
            plan.token_standard, plan.token_contract, plan.token_decimals, plan.metadata,
            now() + make_interval(secs => plan.expires_in_seconds)
        FROM planned AS plan
        WHERE plan.outcome = 'created'
        RETURNING
            request.id,
            request.wallet_account_id,
            request.derivation_index,
            request.expires_at,
            app.payment_request_payload(request) AS payload
    ),
    answered AS MATERIALIZED (
        SELECT
            plan.order_position,
            plan.organization_id,
            plan.idempotency_key,
            plan.request_hash,
            created.id,
            created.expires_at,
            created.payload
        FROM planned AS plan
        INNER JOIN created
            ON created.wallet_account_id = plan.wallet_account_id
            AND created.derivation_index = plan.derivation_index
    ),
    recorded AS (
        INSERT INTO app.idempotency_records (
            organization_id, scope_method, scope_path, idempotency_key,
            request_hash, resource_id, response_payload, expires_at
        )
        SELECT
            answer.organization_id, 'POST', '/v1/payment-requests', answer.idempotency_key,
            answer.request_hash, answer.id, answer.payload,
            greatest(now() + interval '7 days', answer.expires_at)
        FROM answered AS answer
        -- Two sessions that share keys, on different cursors, must meet them in one order.
        ORDER BY answer.organization_id, answer.idempotency_key
    ),
    moved AS (
        UPDATE app.wallet_accounts AS account
        SET next_index = taken.next_index, updated_at = now()
        FROM (
            SELECT created.wallet_account_id AS id, max(created.derivation_index) + 1 AS next_index
            FROM created
            GROUP BY created.wallet_account_id
        ) AS taken
        WHERE account.id = taken.id
        RETURNING account.id, account.next_index
    )
    SELECT
        plan.order_position,
        plan.outcome,
        CASE WHEN plan.outcome IN ('created', 'replayed') THEN
            coalesce(answer.payload, plan.first_answer)
        END,
        plan.wallet_account_id,
        coalesce(moved.next_index, plan.next_index)
    FROM planned AS plan
    LEFT JOIN answered AS answer ON answer.order_position = plan.leader_position
    LEFT JOIN moved ON moved.id = plan.wallet_account_id
    ORDER BY plan.order_position;
END
$function$;

COMMENT ON FUNCTION app.insert_allocations(jsonb, jsonb)
IS $comment$Carry out plan_allocation(): payment requests, keys, cursors, and the answers.

Private to allocate_and_insert(), which holds the cursors' rows and documents the outcomes.$comment$;

COMMIT;
