-- Deploy pgtill:functions/ledger/find_answer to pg
-- requires: tables/ledger/journals
-- requires: types/ledger/journal_answer

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.find_answer(asked jsonb)
RETURNS ledger.journal_answer
LANGUAGE plpgsql
STABLE
AS $function$
DECLARE
    _known record;
    _answer ledger.journal_answer;
BEGIN
    SELECT earlier.public_id, earlier.recorded_at, earlier.request_hash
    INTO _known
    FROM ledger.journals AS earlier
    WHERE earlier.organization_id = (find_answer.asked ->> 'organization_id')::bigint
        AND earlier.idempotency_key = find_answer.asked ->> 'idempotency_key';

    IF FOUND AND _known.request_hash = decode(find_answer.asked ->> 'request_hash', 'hex') THEN
        _answer.outcome := 'replayed';
        _answer.journal_id := _known.public_id;
        _answer.recorded_at := _known.recorded_at;
    ELSIF FOUND THEN
        _answer.outcome := 'idempotency_key_conflict';
    ELSIF find_answer.asked ? 'reverses' AND EXISTS (
        -- Who reverses a journal holds its accounts: nobody else does meanwhile.
        SELECT FROM ledger.journals AS reversal
        WHERE reversal.reverses = (find_answer.asked ->> 'reverses')::bigint
    ) THEN
        _answer.outcome := 'already_reversed';
    END IF;
    RETURN _answer;
END
$function$;

COMMENT ON FUNCTION ledger.find_answer(jsonb)
IS $comment$What is to be answered for what was done before; no outcome: nothing was.

Private to insert_journals(); post_journals() documents what is asked, and outcomes.$comment$;

COMMIT;
