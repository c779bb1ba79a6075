-- Deploy pgtill:functions/ledger/reverse_journals to pg
-- requires: functions/ledger/post_journals

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.reverse_journals(reversals jsonb)
RETURNS TABLE (
    reversal_position integer,
    outcome text,
    journal_id text,
    recorded_at timestamptz,
    details jsonb
)
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _places integer[];
    _journals jsonb;
    _answers jsonb;
BEGIN
    SELECT
        array_agg(item.nth::integer ORDER BY item.nth),
        jsonb_agg(
            item.asked || jsonb_build_object(
                'reverses', journal.id,
                'payment_reference', journal.payment_reference,
                'lines', (
                    SELECT
                        jsonb_agg(
                            jsonb_build_object(
                                'account', account.public_id,
                                'side', CASE entry.side WHEN 'DEBIT' THEN 'CREDIT' ELSE 'DEBIT' END,
                                'amount', entry.amount
                            )
                            ORDER BY entry.line
                        )
                    FROM ledger.entries AS entry
                    INNER JOIN ledger.accounts AS account ON account.id = entry.account_id
                    WHERE entry.journal_id = journal.id
                )
            )
            ORDER BY item.nth
        )
    INTO _places, _journals
    FROM jsonb_array_elements(reverse_journals.reversals) WITH ORDINALITY AS item (asked, nth)
    INNER JOIN ledger.journals AS journal
        ON journal.public_id = item.asked ->> 'journal_id'
        AND journal.organization_id = (item.asked ->> 'organization_id')::bigint;

    SELECT jsonb_agg(answer)
    INTO _answers
    FROM ledger.post_journals(coalesce(_journals, '[]')) AS answer;

    -- A statement of its own, which sees who took a journal back meanwhile.
    RETURN QUERY
    SELECT
        item.nth::integer,
        coalesce(answer.outcome, 'unknown_journal'),
        answer.journal_id,
        answer.recorded_at,
        CASE answer.outcome
            WHEN 'already_reversed' THEN (
                SELECT jsonb_build_object('reversed_by', reversal.public_id)
                FROM ledger.journals AS reversal
                WHERE reversal.reverses = (
                    _journals -> (answer.journal_position - 1) ->> 'reverses'
                )::bigint
            )
            ELSE answer.details
        END
    FROM jsonb_array_elements(reverse_journals.reversals) WITH ORDINALITY AS item (asked, nth)
    LEFT JOIN jsonb_to_recordset(coalesce(_answers, '[]')) AS answer (
        journal_position integer, outcome text, journal_id text, recorded_at timestamptz, details jsonb
    )
        ON _places[answer.journal_position] = item.nth
    ORDER BY item.nth;
END
$function$;

COMMENT ON FUNCTION ledger.reverse_journals(jsonb)
IS
$comment$Take journals back by journals that mirror them: each line again, on the other side.

reversals  [{organization_id, journal_id, idempotency_key, request_hash, reason, actor, event_at?}, ...]

Answers one row a reversal, in order, as post_journals() does; journal_id is the new journal. Also:
  unknown_journal   the organization has no such journal
  already_reversed  details.reversed_by took it back before; a journal is taken back once
A reversal is a journal, and may be reversed itself.

Raises
  22P02  a number or a time is not well formed
  23502  a reversal lacks a field
  23514  a reversal breaks a rule of the journals
  40001  an idempotency key was used meanwhile (above READ COMMITTED): call again
  55P03  another session holds an account for longer than lock_timeout
Not through this function, though it calls what raises them:
  TL307  amount is not a whole number above zero
  TL309  not all journals can be posted$comment$;

GRANT EXECUTE ON FUNCTION ledger.reverse_journals(jsonb) TO pgtill_service, pgtill_operator;

COMMIT;
