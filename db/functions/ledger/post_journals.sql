-- Deploy pgtill:functions/ledger/post_journals to pg
-- requires: functions/ledger/post_batch
-- requires: functions/ledger/withdraw_answers

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.post_journals(
    journals jsonb, all_or_nothing boolean DEFAULT FALSE
)
RETURNS TABLE (
    journal_position integer,
    outcome text,
    journal_id text,
    recorded_at timestamptz,
    details jsonb
)
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- A plan made while a table was empty must not scan it when it has millions of rows.
SET enable_seqscan = off
-- Planning anew for each call would cost more than the call.
SET plan_cache_mode = force_generic_plan
AS $function$
#variable_conflict error
DECLARE
    _answers ledger.journal_answer[];
    _answer ledger.journal_answer;
BEGIN
    IF NOT post_journals.all_or_nothing THEN
        RETURN QUERY
        SELECT answer.* FROM unnest(ledger.post_batch(post_journals.journals)) AS answer;
        RETURN;
    END IF;

    BEGIN
        _answers := ledger.post_batch(post_journals.journals);
        FOREACH _answer IN ARRAY _answers LOOP
            IF _answer.outcome NOT IN ('posted', 'replayed') THEN
                RAISE EXCEPTION 'not all journals can be posted' USING ERRCODE = 'TL309';
            END IF;
        END LOOP;
    EXCEPTION WHEN SQLSTATE 'TL309' THEN
        -- What was posted is taken back; the variable stays.
        _answers := ledger.withdraw_answers(_answers);
    END;
    RETURN QUERY
    SELECT answer.* FROM unnest(_answers) AS answer;
END
$function$;

COMMENT ON FUNCTION ledger.post_journals(jsonb, boolean)
IS
$comment$Post journals to the books, and answer what became of each.

journals  [{organization_id, idempotency_key, request_hash, reason, actor, event_at?,
          payment_reference?, lines: [{account, side, amount, currency?}, ...]}, ...]
          request_hash is 64 hex digits; account the acc_… of the same organization; side DEBIT or
          CREDIT; 2 to 100 lines, balanced in each currency that their accounts have

Answers one row a journal, in order. Each outcome leaves its neighbours alone:
  posted                    journal_id and recorded_at are new
  replayed                  the key was used for the same request: the first journal_id, recorded_at
  idempotency_key_conflict  the key was used for another request
  unbalanced                debits and credits differ in details.currency, or there are no lines
  unknown_account           details.line names details.account, which the organization does not have
  currency_mismatch         details.line says another currency than its account has
  limit_exceeded            details.account would pass its floor or ceiling, holds counted, or 78 digits
  already_reversed          only for reverse_journals()
  not_posted                all_or_nothing, and another journal was refused: nothing was posted

Journals are judged in input order, as if each came alone: a refused one has no effect on later ones,
and its key stays free. Limits are judged after all lines of a journal, whose order does not matter. Of two
journals with one key in a batch, the second is a replay or a conflict.
All or nothing with the caller's transaction. Accounts are locked in the order of their ids, keys
after them. A batch in which a key is used twice costs as many calls as it has journals.

Raises
  TL307  amount is not a whole number above zero
  TL309  not all journals can be posted (caught here)
  22004  journals is NULL
  22P02  a side or a number is not well formed
  23502  a journal or a line lacks a field
  23505  another unique rule refuses
  23514  a journal breaks a rule of its table
  40001  an idempotency key was used meanwhile (above READ COMMITTED): call again
  55P03  another session holds an account for longer than lock_timeout$comment$;

GRANT EXECUTE ON FUNCTION ledger.post_journals(jsonb, boolean) TO pgtill_service, pgtill_operator;

COMMIT;
