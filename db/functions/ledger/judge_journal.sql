-- Deploy pgtill:functions/ledger/judge_journal to pg
-- requires: tables/ledger/accounts
-- requires: types/ledger/journal_answer

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.judge_journal(journal jsonb)
RETURNS ledger.journal_answer
LANGUAGE plpgsql
STABLE
AS $function$
#variable_conflict error
DECLARE
    _line record;
    _answer ledger.journal_answer;
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
            _answer.outcome := 'unknown_account';
            _answer.details := jsonb_build_object('line', _line.line, 'account', _line.account);
            RETURN _answer;
        END IF;
        IF _line.currency <> _line.account_currency THEN
            _answer.outcome := 'currency_mismatch';
            _answer.details := jsonb_build_object(
                'line', _line.line, 'account', _line.account, 'currency', _line.account_currency
            );
            RETURN _answer;
        END IF;
        IF (_line.amount > 0 AND _line.amount = trunc(_line.amount) AND _line.amount <> 'NaN')
            IS NOT TRUE
        THEN
            RAISE EXCEPTION 'amount is not a whole number above zero'
                USING
                    ERRCODE = 'TL307',
                    DETAIL = format('line %s: %s', _line.line, _line.amount);
        END IF;
        IF _line.amount >= 1e78 THEN
            _answer.outcome := 'limit_exceeded';
            _answer.details := jsonb_build_object('account', _line.account);
            RETURN _answer;
        END IF;
    END LOOP;

    SELECT 'unbalanced', jsonb_build_object('currency', account.currency)
    INTO _answer.outcome, _answer.details
    FROM jsonb_to_recordset(judge_journal.journal -> 'lines') AS written (
        account text, side ledger.side, amount numeric
    )
    INNER JOIN ledger.accounts AS account ON account.public_id = written.account
    GROUP BY account.currency
    HAVING sum(CASE written.side WHEN 'DEBIT' THEN written.amount ELSE -written.amount END) <> 0
    ORDER BY account.currency
    LIMIT 1;

    -- Without a line there is no currency to name.
    IF _line IS NULL THEN
        _answer.outcome := 'unbalanced';
        _answer.details := '{}';
    END IF;
    RETURN _answer;
END
$function$;

COMMENT ON FUNCTION ledger.judge_journal(jsonb)
IS $comment$Say why a journal cannot be posted: no outcome when it can.

What its accounts are never changes, so nothing need be locked. Floors and ceilings are not looked at.
Private to insert_journals(); post_journals() documents journals and outcomes.

Raises
  TL307  amount is not a whole number above zero$comment$;

COMMIT;
