-- Deploy pgtill:functions/ledger/list_first_answers to pg
-- requires: tables/ledger/journals

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.list_first_answers(
    organization_ids text[], idempotency_keys text[]
)
RETURNS TABLE (answer_position bigint, journal_id text, recorded_at timestamptz, reverses text)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- A thousand keys of millions: found by their index, whatever the planner thinks of arrays.
SET enable_seqscan = off
BEGIN ATOMIC
    SELECT
        asked.answer_position,
        journal.public_id AS journal_id,
        journal.recorded_at,
        reversed.public_id AS reverses
    FROM
        unnest(list_first_answers.organization_ids, list_first_answers.idempotency_keys)
        WITH ORDINALITY AS asked (organization_id, idempotency_key, answer_position)
    LEFT JOIN identity.organizations AS tenant ON asked.organization_id = tenant.public_id
    LEFT JOIN ledger.journals AS journal
        ON
            tenant.id = journal.organization_id
            AND asked.idempotency_key = journal.idempotency_key
    LEFT JOIN ledger.journals AS reversed ON journal.reverses = reversed.id
    ORDER BY asked.answer_position;
END;

COMMENT ON FUNCTION ledger.list_first_answers(text[], text[])
IS
$comment$Answer which journal each key of an organization (org_...) posted, in the order asked.

journal_id and recorded_at are NULL where the key posted none; reverses is the journal it takes back, if any. A key that stands twice, which a constraint
forbids, gives two rows with one position.$comment$;

GRANT EXECUTE
ON FUNCTION ledger.list_first_answers(text[], text[])
TO pgtill_operator, pgtill_auditor;

COMMIT;
