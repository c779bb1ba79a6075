-- Deploy pgtill:functions/ledger/judge_journal to pg
-- requires: tables/ledger/accounts

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.judge_journal(journal jsonb)
RETURNS TABLE (outcome text, details jsonb)
LANGUAGE plpgsql
STABLE
AS $function$
#variable_conflict error
DECLARE
    _line record;
BEGIN
    FOR _line IN
        SELECT
            written.line,
            written.account,
            written.amount,
            written.currency,
            account.id AS account_id,
            account.currency AS account_currency
        FROM ROWS FROM (
            jsonb_to_recordset(judge_journal.journal -> 'lines') AS (
                account text, amount numeric, currency text
            )
        ) WITH ORDINALITY AS written (account, amount, currency, line)
        LEFT JOIN ledger.accounts AS account
            ON account.public_id = written.account
            AND account.organization_id = (judge_journal.journal ->> 'organization_id')::bigint
        ORDER BY written.line
    LOOP
        IF _line.account_id IS NULL THEN
            RETURN QUERY SELECT
                'unknown_account',
                jsonb_build_object('line', _line.line, 'account', _line.account);
            RETURN;
        END IF;
        IF _line.currency <> _line.account_currency THEN
            RETURN QUERY SELECT
                'currency_mismatch',
                jsonb_build_object(
                    'line', _line.line,
                    'account', _line.account,
                    'currency', _line.account_currency
                );
            RETURN;
        END IF;
        IF (_line.amount > 0 AND _line.amount = trunc(_line.amount)) IS NOT TRUE THEN
            RAISE EXCEPTION 'amount is not a whole number above zero'
                USING
                    ERRCODE = 'TL307',
                    DETAIL = format('line %s: %s', _line.line, _line.amount);
        END IF;
    END LOOP;

    RETURN QUERY
    SELECT
        'unbalanced',
        jsonb_build_object('currency', account.currency)
    FROM jsonb_to_recordset(judge_journal.journal -> 'lines') AS written (
        account text, side ledger.side, amount numeric
    )
    INNER JOIN ledger.accounts AS account ON account.public_id = written.account
    GROUP BY account.currency
    HAVING sum(CASE written.side WHEN 'DEBIT' THEN written.amount ELSE -written.amount END) <> 0
    ORDER BY account.currency
    LIMIT 1;

    IF NOT FOUND AND jsonb_array_length(judge_journal.journal -> 'lines') = 0 THEN
        RETURN QUERY SELECT 'unbalanced', '{}'::jsonb;
    END IF;
END
$function$;

COMMENT ON FUNCTION ledger.judge_journal(jsonb)
IS $comment$Say why a journal cannot be posted: no row when it can.

What its accounts are never changes, so nothing need be locked. Limits are not looked at.
Private to insert_journals(), which documents journals and outcomes.

Raises
  TL307  amount is not a whole number above zero$comment$;

COMMIT;
