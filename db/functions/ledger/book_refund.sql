-- Deploy pgtill:functions/ledger/book_refund to pg
-- requires: functions/ledger/book_event

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.book_refund(
    organization_id bigint,
    idempotency_key text,
    request_hash text,
    actor text,
    payment text,
    merchant text,
    psp text,
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
            'organization_id', book_refund.organization_id,
            'idempotency_key', book_refund.idempotency_key,
            'request_hash', book_refund.request_hash,
            'reason', 'refund',
            'actor', book_refund.actor,
            'payment_reference', book_refund.payment
        ),
        book_refund.currency,
        jsonb_build_array(
            jsonb_build_object(
                'account', 'merchant_balance',
                'of', book_refund.merchant,
                'side', 'DEBIT',
                'amount', book_refund.amount
            ),
            jsonb_build_object(
                'account', 'psp_settlement',
                'of', book_refund.psp,
                'side', 'CREDIT',
                'amount', book_refund.amount
            )
        )
    ) AS booked;
END;

COMMENT ON FUNCTION ledger.book_refund(
    bigint, text, text, text, text, text, text, text, numeric
)
IS $comment$A captured amount goes back, at the merchant's cost.

  debit   merchant_balance:<merchant>         amount
  credit  psp_settlement:<psp>                amount

Opens the accounts that are not there yet, posts one journal, and answers as post_journals(). Also:
  amount_exceeded   more than was captured through the provider and has not gone back
  account_conflict  details.account is there and is not of the type that the chart says
  unknown_currency  no such currency

Raises
  TL307  amount is not a whole number above zero
  TL309  not all journals can be posted (not through this function)
  TL312  more of a payment leaves an account than came in (caught)
  23502  an argument is missing
  23514  a journal or an account breaks a rule of its table
  40001  an idempotency key was used meanwhile (above READ COMMITTED): call again$comment$;

GRANT EXECUTE ON FUNCTION ledger.book_refund(
    bigint, text, text, text, text, text, text, text, numeric
) TO pgtill_service, pgtill_operator;

COMMIT;
