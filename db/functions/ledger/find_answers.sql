-- Deploy pgtill:functions/ledger/find_answers to pg
-- requires: tables/ledger/journals
-- requires: types/ledger/journal_answer

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.find_answers(journals jsonb)
RETURNS ledger.journal_answer[]
LANGUAGE plpgsql
STABLE
AS $function$
#variable_conflict error
BEGIN
    RETURN ARRAY(
        SELECT
            row(
                asked.nth,
                CASE
                    WHEN earlier.is_same THEN 'replayed'
                    WHEN earlier.public_id IS NOT NULL THEN 'idempotency_key_conflict'
                    WHEN reversal.id IS NOT NULL THEN 'already_reversed'
                END,
                CASE WHEN earlier.is_same THEN earlier.public_id END,
                CASE WHEN earlier.is_same THEN earlier.recorded_at END,
                NULL
            )::ledger.journal_answer
        FROM jsonb_array_elements(find_answers.journals) WITH ORDINALITY AS asked (journal, nth)
        -- A row at most. The limit keeps it a look-up, however small the table was when planned.
        LEFT JOIN LATERAL (
            SELECT
                known.public_id,
                known.recorded_at,
                known.request_hash = decode(asked.journal ->> 'request_hash', 'hex') AS is_same
            FROM ledger.journals AS known
            WHERE known.organization_id = (asked.journal ->> 'organization_id')::bigint
                AND known.idempotency_key = asked.journal ->> 'idempotency_key'
            LIMIT 1
        ) AS earlier ON TRUE
        LEFT JOIN LATERAL (
            -- Who reverses a journal holds its accounts: nobody else does meanwhile.
            SELECT known.id
            FROM ledger.journals AS known
            WHERE known.reverses = (asked.journal ->> 'reverses')::bigint
            LIMIT 1
        ) AS reversal ON TRUE
        ORDER BY asked.nth
    );
END
$function$;

COMMENT ON FUNCTION ledger.find_answers(jsonb)
IS $comment$What is to be answered for what was done before, in order; no outcome: nothing was.

Private to insert_journals(); post_journals() documents what is asked, and outcomes.$comment$;

COMMIT;
