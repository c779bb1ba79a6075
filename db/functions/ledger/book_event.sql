-- Deploy pgtill:functions/ledger/book_event to pg
-- requires: functions/ledger/post_journals
-- requires: functions/ledger/open_accounts
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
BEGIN
    SELECT
        array_agg(
            -- NULL where it is not said whose, which open_accounts() refuses.
            chart.name || CASE WHEN chart.suffix IS NULL THEN '' ELSE ':' || (line.entry ->> 'of') END
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

    RETURN QUERY
    SELECT answer.outcome, answer.journal_id, answer.recorded_at, answer.details
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
END
$function$;

COMMENT ON FUNCTION ledger.book_event(jsonb, text, jsonb)
IS $comment$Post one journal in accounts of the chart, opening those that are not there yet.

journal is as in post_journals(), without lines; lines [{account, of?, side, amount, may_be_zero?}, ...]
name accounts of the chart and whose they are. One that may be zero is left out when it is.
Private to the functions that book an event of a payment.

Raises
  TL307  amount is not a whole number above zero
  TL309  not all journals can be posted (not through this function)
  23502  a field is missing, or whose an account is
  23514  a journal or an account breaks a rule of its table
  40001  an idempotency key was used meanwhile (above READ COMMITTED): call again$comment$;

COMMIT;
