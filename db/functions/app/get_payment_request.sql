-- Deploy pgtill:functions/app/get_payment_request to pg
-- requires: functions/app/payment_request_payload

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.get_payment_request(organization_id bigint, payment_request_id text)
RETURNS TABLE (payment_request jsonb, wallet_account_id text)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT
        app.payment_request_payload(request) AS payment_request,
        request.wallet_account_id
    FROM app.payment_requests AS request
    WHERE
        request.id = get_payment_request.payment_request_id
        AND request.organization_id = get_payment_request.organization_id;
END;

COMMENT ON FUNCTION app.get_payment_request(bigint, text)
IS 'Answer a payment request of the organization, or no row: another''s is as if not there.';

GRANT EXECUTE ON FUNCTION app.get_payment_request(bigint, text) TO pgtill_service;

COMMIT;
