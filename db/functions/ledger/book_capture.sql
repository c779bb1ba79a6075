-- Deploy pgtill:functions/ledger/book_capture to pg
-- requires: functions/ledger/book_event
-- requires: functions/ledger/fee_of

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.book_capture(
    organization_id bigint,
    idempotency_key text,
    request_hash text,
    actor text,
    payment text,
    merchant text,
    psp text,
    currency text,
    amount numeric,
    fee_rate numeric
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
            'organization_id', book_capture.organization_id,
            'idempotency_key', book_capture.idempotency_key,
            'request_hash', book_capture.request_hash,
            'reason', 'capture',
            'actor', book_capture.actor,
            'payment_reference', book_capture.payment
        ),
        book_capture.currency,
        jsonb_build_array(
            jsonb_build_object(
                'account', 'psp_settlement',
                'of', book_capture.psp,
                'side', 'DEBIT',
                'amount', book_capture.amount
            ),
            jsonb_build_object(
                'account', 'customer_auth_hold',
                'of', book_capture.payment,
                'side', 'CREDIT',
                'amount', book_capture.amount
            ),
            jsonb_build_object(
                'account', 'merchant_pending_auth',
                'of', book_capture.merchant,
                'side', 'DEBIT',
                'amount', book_capture.amount
            ),
            jsonb_build_object(
                'account', 'merchant_balance',
                'of', book_capture.merchant,
                'side', 'CREDIT',
                'amount',
                book_capture.amount - ledger.fee_of(book_capture.amount, book_capture.fee_rate),
                'may_be_zero', TRUE
            ),
            jsonb_build_object(
                'account', 'catena_fee_revenue',
                'side', 'CREDIT',
                'amount', ledger.fee_of(book_capture.amount, book_capture.fee_rate),
                'may_be_zero', TRUE
            )
        )
    ) AS booked;
END;

COMMENT ON FUNCTION ledger.book_capture(
    bigint, text, text, text, text, text, text, text, numeric, numeric
)
IS $comment$A promised amount is captured; the merchant gets it less the fee.

  debit   psp_settlement:<psp>                amount
  credit  customer_auth_hold:<payment>        amount
  debit   merchant_pending_auth:<merchant>    amount
  credit  merchant_balance:<merchant>         amount - fee
  credit  catena_fee_revenue                  fee

fee is 2.9 % of amount at a fee_rate of 0.029, half-even in the smallest unit; the net is the rest.

Opens the accounts that are not there yet, posts one journal, and answers as post_journals(). Also:
  amount_exceeded   more than was authorised and is neither captured nor voided
  account_conflict  details.account is there and is not of the type that the chart says
  unknown_currency  no such currency

Raises
  TL307  amount is not a whole number above zero
  TL309  not all journals can be posted (not through this function)
  TL312  more of a payment leaves an account than came in (caught)
  23502  an argument is missing
  23514  a journal or an account breaks a rule of its table
  40001  an idempotency key was used meanwhile (above READ COMMITTED): call again$comment$;

GRANT EXECUTE ON FUNCTION ledger.book_capture(
    bigint, text, text, text, text, text, text, text, numeric, numeric
) TO pgtill_service, pgtill_operator;

COMMIT;
