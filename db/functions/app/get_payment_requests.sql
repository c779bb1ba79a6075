-- Deploy pgtill:functions/app/get_payment_requests to pg
-- requires: functions/app/payment_request_payload

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.get_payment_requests(
    organization_ids bigint[], payment_request_ids text[]
)
RETURNS TABLE (request_position integer, payment_request jsonb, wallet_account_id text)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- A plan made while the table was empty must not scan it when it has millions of rows.
SET enable_seqscan = off
BEGIN ATOMIC
    SELECT
        asked.request_position::integer AS request_position,
        app.payment_request_payload(request) AS payment_request,
        request.wallet_account_id
    FROM
        unnest(
            get_payment_requests.organization_ids, get_payment_requests.payment_request_ids
        ) WITH ORDINALITY AS asked (organization_id, id, request_position)
    INNER JOIN app.payment_requests AS request
        ON asked.id = request.id AND asked.organization_id = request.organization_id;
END;

COMMENT ON FUNCTION app.get_payment_requests(bigint[], text[])
IS
$comment$Answer payment requests, each to the organization that asks for it.

organization_ids     who asks, one an id
payment_request_ids  what for, in the same places

Answers one row a payment request that is the asking organization's own, with its place, counted
from 1; no row for any other: another's is as if not there.$comment$;

GRANT EXECUTE ON FUNCTION app.get_payment_requests(bigint[], text[]) TO pgtill_service;

COMMIT;
