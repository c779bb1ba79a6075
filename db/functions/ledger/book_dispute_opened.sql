-- Deploy pgtill:functions/ledger/book_dispute_opened to pg
-- requires: functions/ledger/book_event

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.book_dispute_opened(
    organization_id bigint,
    idempotency_key text,
    request_hash text,
    actor text,
    payment text,
    merchant text,
    currency text,
    amount numeric
)
RETURNS TABLE (outcome text, journal_id text, recorded_at timestamptz, details jsonb)
LANGUAGE sql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT
        booked.outcome,
        booked.journal_id,
        booked.recorded_at,
        booked.details
    FROM ledger.book_event(
        jsonb_build_object(
            'organization_id', book_dispute_opened.organization_id,
            'idempotency_key', book_dispute_opened.idempotency_key,
            'request_hash', book_dispute_opened.request_hash,
            'reason', 'dispute opened',
            'actor', book_dispute_opened.actor,
            'payment_reference', book_dispute_opened.payment
        ),
        book_dispute_opened.currency,
        jsonb_build_array(
            jsonb_build_object(
                'account', 'merchant_balance',
                'of', book_dispute_opened.merchant,
                'side', 'DEBIT',
                'amount', book_dispute_opened.amount
            ),
            jsonb_build_object(
                'account', 'chargeback_reserve',
                'of', book_dispute_opened.merchant,
                'side', 'CREDIT',
                'amount', book_dispute_opened.amount
            )
        )
    ) AS booked;
END;

COMMENT ON FUNCTION ledger.book_dispute_opened(
    bigint, text, text, text, text, text, text, numeric
)
IS $comment$A disputed amount is set aside.

  debit   merchant_balance:<merchant>         amount
  credit  chargeback_reserve:<merchant>       amount

Opens the accounts that are not there yet, posts one journal, and answers as post_journals(). Also:
  account_conflict  details.account is there and is not of the type that the chart says
  unknown_currency  no such currency

Raises
  TL307  amount is not a whole number above zero
  TL309  not all journals can be posted (not through this function)
  TL312  more of a payment leaves an account than came in (caught)
  23502  an argument is missing
  23514  a journal or an account breaks a rule of its table
  40001  an idempotency key was used meanwhile (above READ COMMITTED): call again$comment$;

GRANT EXECUTE ON FUNCTION ledger.book_dispute_opened(
    bigint, text, text, text, text, text, text, numeric
) TO pgtill_service, pgtill_operator;

COMMIT;
