-- Deploy pgtill:functions/app/payment_request_payload to pg
-- requires: tables/app/payment_requests

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.payment_request_payload(payment_request app.payment_requests)
RETURNS jsonb
LANGUAGE sql
STABLE
-- app.anomalies makes every answer again: on all cores, as long as nothing in it is unsafe.
PARALLEL SAFE
BEGIN ATOMIC
    SELECT
        jsonb_strip_nulls(
            jsonb_build_object(
                'id', (payment_request).id,
                'status', (payment_request).status,
                'chain', (payment_request).chain,
                'network', (payment_request).network,
                'asset', (payment_request).asset,
                'expected_amount_minor', (payment_request).expected_amount_minor::text,
                'expires_at',
                to_char(
                    (payment_request).expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
                ),
                'created_at',
                to_char(
                    (payment_request).created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
                ),
                'payment_instructions', jsonb_build_object(
                    'address', (payment_request).address_canonical,
                    'address_scheme', (payment_request).address_scheme,
                    'derivation_index', (payment_request).derivation_index,
                    'chain_id', (payment_request).chain_id,
                    'token_standard', (payment_request).token_standard,
                    'token_contract', (payment_request).token_contract,
                    'token_decimals', (payment_request).token_decimals
                )
            )
        );
END;

COMMENT ON FUNCTION app.payment_request_payload(app.payment_requests)
IS $comment$Write a payment request as the object the API answers with.

Addresses stand in canonical (lower-case) form; times are RFC 3339 in UTC, to the microsecond.
Absent values are left out; metadata and the wallet account are not shown.$comment$;

-- A view checks the functions in it against its reader: this one stands in app.anomalies.
GRANT EXECUTE ON FUNCTION app.payment_request_payload(app.payment_requests)
TO pgtill_operator, pgtill_auditor;

COMMIT;
