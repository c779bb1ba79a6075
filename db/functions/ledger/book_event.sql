-- Deploy pgtill:functions/ledger/book_event to pg
-- requires: functions/ledger/post_journals
-- requires: functions/ledger/open_accounts
-- requires: functions/ledger/uncovered_account
-- requires: tables/ledger/chart_of_accounts

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.book_event(journal jsonb, currency text, lines jsonb)
RETURNS TABLE (outcome text, journal_id text, recorded_at timestamptz, details jsonb)
LANGUAGE plpgsql
VOLATILE
AS $function$
#variable_conflict error
DECLARE
    _names text[];
    _types text[];
    _opened text[];
    _uncovered text;
BEGIN
    SELECT
        array_agg(
            -- NULL where it is not said whose, or of which payment: open_accounts() refuses it.
            chart.name
            || CASE WHEN chart.suffix IS NULL THEN '' ELSE ':' || (line.entry ->> 'of') END
            || left(book_event.journal ->> 'payment_reference', 0)
            ORDER BY line.nth
        ),
        array_agg(chart.type::text ORDER BY line.nth)
    INTO _names, _types
    FROM jsonb_array_elements(book_event.lines) WITH ORDINALITY AS line (entry, nth)
    INNER JOIN ledger.chart_of_accounts AS chart ON chart.name = line.entry ->> 'account';

    SELECT array_agg(opened.account_id ORDER BY opened.account_position)
    INTO _opened
    FROM ledger.open_accounts(
        (
            SELECT
                jsonb_agg(
                    jsonb_build_object(
                        'organization_id', book_event.journal -> 'organization_id',
                        'name', wanted.name,
                        'type', wanted.type,
                        'currency', book_event.currency
                    )
                    ORDER BY wanted.nth
                )
            FROM unnest(_names, _types) WITH ORDINALITY AS wanted (name, type, nth)
        )
    ) AS opened;

    -- Limits are whose book it is to set; what an account is, is the chart's to say.
    SELECT
        CASE WHEN wanted.id IS NULL THEN 'unknown_currency' ELSE 'account_conflict' END,
        jsonb_strip_nulls(jsonb_build_object('account', wanted.id))
    INTO outcome, details
    FROM unnest(_opened, _types) AS wanted (id, type)
    LEFT JOIN ledger.accounts AS account ON account.public_id = wanted.id
    WHERE account.type::text IS DISTINCT FROM wanted.type
    LIMIT 1;

    IF NOT FOUND THEN
        SELECT answer.outcome, answer.journal_id, answer.recorded_at, answer.details
        INTO outcome, journal_id, recorded_at, details
        FROM ledger.post_journals(
            jsonb_build_array(
                book_event.journal || jsonb_build_object(
                    'lines', (
                        SELECT
                            jsonb_agg(
                                jsonb_build_object(
                                    'account', _opened[line.nth],
                                    'side', line.entry ->> 'side',
                                    'amount', line.entry -> 'amount',
                                    'currency', book_event.currency
                                )
                                ORDER BY line.nth
                            )
                        FROM jsonb_array_elements(book_event.lines)
                            WITH ORDINALITY AS line (entry, nth)
                        -- A fee of nothing is no line; every other amount is judged.
                        WHERE (line.entry -> 'amount' = '0' AND line.entry ? 'may_be_zero') IS NOT TRUE
                    )
                )
            )
        ) AS answer;
        -- With its accounts locked by the journal: nobody else's is between.
        _uncovered := CASE outcome WHEN 'posted' THEN ledger.uncovered_account(journal_id) END;
        IF _uncovered IS NOT NULL THEN
            RAISE EXCEPTION 'more of a payment leaves an account than came in'
                USING
                    ERRCODE = 'TL312',
                    DETAIL = format('account is %s', _uncovered);
        END IF;
    END IF;
    RETURN NEXT;
EXCEPTION WHEN SQLSTATE 'TL312' THEN
    -- The journal is gone, and what it opened; the variable stays.
    RETURN QUERY SELECT
        'amount_exceeded',
        NULL::text,
        NULL::timestamptz,
        jsonb_build_object('account', _uncovered);
END
$function$;

COMMENT ON FUNCTION ledger.book_event(jsonb, text, jsonb)
IS
$comment$Post one journal of a payment in accounts of the chart, opening those that are not there.

journal is as in post_journals(), without lines; payment_reference is the payment. lines
[{account, of?, side, amount, may_be_zero?}, ...] name accounts of the chart and whose they are. One
that may be zero is left out when it is.

Answers as post_journals(). Also:
  amount_exceeded   more of the payment would leave details.account, which is covered, than came in
  account_conflict  details.account is there and is not of the type that the chart says
  unknown_currency  no such currency
Private to the functions that book an event of a payment.

Raises
  TL307  amount is not a whole number above zero
  TL309  not all journals can be posted (not through this function)
  TL312  more of a payment leaves an account than came in (caught here)
  23502  a field is missing, or whose an account is, or the payment
  23514  a journal or an account breaks a rule of its table
  40001  an idempotency key was used meanwhile (above READ COMMITTED): call again$comment$;

COMMIT;
