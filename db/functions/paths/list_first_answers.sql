-- Deploy pgtill:functions/paths/list_first_answers to pg
-- requires: tables/paths/operations

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.list_first_answers(
    organization_ids text[], idempotency_keys text[]
)
RETURNS TABLE (answer_position bigint, answer jsonb)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- A thousand keys of millions: found by their index, whatever the planner thinks of arrays.
SET enable_seqscan = off
BEGIN ATOMIC
    SELECT
        asked.answer_position,
        operation.answer
    FROM
        unnest(list_first_answers.organization_ids, list_first_answers.idempotency_keys)
        WITH ORDINALITY AS asked (organization_id, idempotency_key, answer_position)
    LEFT JOIN identity.organizations AS tenant ON asked.organization_id = tenant.public_id
    LEFT JOIN paths.operations AS operation
        ON
            tenant.id = operation.organization_id
            AND asked.idempotency_key = operation.idempotency_key
    ORDER BY asked.answer_position;
END;

COMMENT ON FUNCTION paths.list_first_answers(text[], text[])
IS
$comment$Answer what each key of an organization (org_...) was first answered, in the order asked.

answer is NULL where the key was never used. A key that stands twice, which a constraint forbids, gives two
rows with one position.$comment$;

GRANT EXECUTE
ON FUNCTION paths.list_first_answers(text[], text[])
TO pgtill_operator, pgtill_auditor;

COMMIT;
