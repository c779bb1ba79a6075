-- Deploy pgtill:functions/app/list_first_answers to pg
-- requires: tables/app/idempotency_records

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.list_first_answers(organization_ids text[], idempotency_keys text[])
RETURNS TABLE (answer_position bigint, payment_request jsonb)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- A thousand keys of millions: found by the primary key, whatever the planner thinks of arrays.
SET enable_seqscan = off
BEGIN ATOMIC
    SELECT
        asked.answer_position,
        record.response_payload AS payment_request
    FROM
        unnest(list_first_answers.organization_ids, list_first_answers.idempotency_keys)
        WITH ORDINALITY AS asked (organization_id, idempotency_key, answer_position)
    LEFT JOIN identity.organizations AS tenant ON asked.organization_id = tenant.public_id
    LEFT JOIN app.idempotency_records AS record
        ON
            tenant.id = record.organization_id
            AND asked.idempotency_key = record.idempotency_key
            AND record.scope_method = 'POST'
            AND record.scope_path = '/v1/payment-requests'
    ORDER BY asked.answer_position;
END;

COMMENT ON FUNCTION app.list_first_answers(text[], text[])
IS
$comment$Answer what each key of an organization (org_...) was first answered, in the order asked.

payment_request is as payment_request_payload() wrote it then, NULL where the key was never used. A key
that stands twice, which a constraint forbids, gives two rows with one position.$comment$;

GRANT EXECUTE ON FUNCTION app.list_first_answers(text[], text[]) TO pgtill_operator, pgtill_auditor;

COMMIT;
