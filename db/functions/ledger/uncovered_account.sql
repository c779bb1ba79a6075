-- Deploy pgtill:functions/ledger/uncovered_account to pg
-- requires: tables/ledger/entries
-- requires: tables/ledger/chart_of_accounts

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.uncovered_account(journal_id text)
RETURNS text
LANGUAGE sql
STABLE
BEGIN ATOMIC
    SELECT account.public_id
    FROM ledger.journals AS booked
    INNER JOIN ledger.entries AS touched ON booked.id = touched.journal_id
    INNER JOIN ledger.accounts AS account ON touched.account_id = account.id
    INNER JOIN ledger.chart_of_accounts AS chart
        ON split_part(account.name, ':', 1) = chart.name AND chart.is_covered
    INNER JOIN ledger.journals AS earlier
        ON
            booked.organization_id = earlier.organization_id
            AND booked.payment_reference = earlier.payment_reference
    INNER JOIN ledger.entries AS entry
        ON earlier.id = entry.journal_id AND account.id = entry.account_id
    WHERE booked.public_id = uncovered_account.journal_id
    GROUP BY account.id
    HAVING
        sum(CASE WHEN entry.side = account.normal_side THEN entry.amount ELSE -entry.amount END) < 0
    ORDER BY account.id
    LIMIT 1;
END;

COMMENT ON FUNCTION ledger.uncovered_account(text)
IS $comment$An account of a journal that more of the payment has left than came in; NULL: none.

Asked of those that the chart says are covered. All journals of the payment count, reversals too.
Private to book_event().$comment$;

COMMIT;
