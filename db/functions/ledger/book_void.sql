-- Deploy pgtill:functions/ledger/book_void to pg
-- requires: functions/ledger/book_event

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.book_void(
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
            'organization_id', book_void.organization_id,
            'idempotency_key', book_void.idempotency_key,
            'request_hash', book_void.request_hash,
            'reason', 'void',
            'actor', book_void.actor,
            'payment_reference', book_void.payment
        ),
        book_void.currency,
        jsonb_build_array(
            jsonb_build_object(
                'account', 'merchant_pending_auth',
                'of', book_void.merchant,
                'side', 'DEBIT',
                'amount', book_void.amount
            ),
            jsonb_build_object(
                'account', 'customer_auth_hold',
                'of', book_void.payment,
                'side', 'CREDIT',
                'amount', book_void.amount
            )
        )
    ) AS booked;
END;

COMMENT ON FUNCTION ledger.book_void(
    bigint, text, text, text, text, text, text, numeric
)
IS $comment$A promised amount will not be captured.

  debit   merchant_pending_auth:<merchant>    amount
  credit  customer_auth_hold:<payment>        amount

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

GRANT EXECUTE ON FUNCTION ledger.book_void(
    bigint, text, text, text, text, text, text, numeric
) TO pgtill_service, pgtill_operator;

COMMIT;
