-- Deploy pgtill:functions/ledger/post_batch to pg
-- requires: functions/ledger/insert_journals

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.post_batch(journals jsonb)
RETURNS ledger.journal_answer[]
LANGUAGE plpgsql
VOLATILE
AS $function$
#variable_conflict error
DECLARE
    _answers ledger.journal_answer[];
    _constraint text;
BEGIN
    BEGIN
        _answers := ledger.insert_journals(post_batch.journals, 1);
    EXCEPTION WHEN unique_violation THEN
        NULL;
    END;
    IF _answers IS NOT NULL THEN
        RETURN _answers;
    END IF;

    -- A key was used meanwhile, or twice here. Whose, shows one by one.
    _answers := ARRAY[]::ledger.journal_answer[];
    PERFORM ledger.lock_accounts(post_batch.journals);

    FOR _nth IN 1..jsonb_array_length(post_batch.journals) LOOP
        FOR _attempt IN 1..3 LOOP
            BEGIN
                _answers := _answers || ledger.insert_journals(
                    jsonb_build_array(post_batch.journals -> (_nth - 1)), _nth
                );
                EXIT;
            EXCEPTION WHEN unique_violation THEN
                GET STACKED DIAGNOSTICS _constraint = CONSTRAINT_NAME;
                IF _constraint = 'journals_reverses_unique' THEN
                    _answers := array_append(
                        _answers, row(_nth, 'already_reversed', NULL, NULL, NULL)::ledger.journal_answer
                    );
                    EXIT;
                ELSIF _constraint <> 'journals_idempotency_key_unique' THEN
                    RAISE;
                ELSIF _attempt = 3 THEN
                    RAISE EXCEPTION 'an idempotency key was used meanwhile'
                        USING
                            ERRCODE = 'serialization_failure',
                            HINT = 'Call again in a new transaction.';
                END IF;
            END;
        END LOOP;
    END LOOP;
    RETURN _answers;
END
$function$;

COMMENT ON FUNCTION ledger.post_batch(jsonb)
IS $comment$Post journals together, or one by one where a key is used twice or meanwhile.

Private to post_journals(), which documents journals and outcomes.

Raises
  TL307  amount is not a whole number above zero
  23505  another unique rule refuses
  40001  an idempotency key was used meanwhile (above READ COMMITTED): call again$comment$;

COMMIT;
