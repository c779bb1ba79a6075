-- Deploy pgtill:functions/ledger/book_authorization to pg
-- requires: functions/ledger/book_event

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.book_authorization(
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
            'organization_id', book_authorization.organization_id,
            'idempotency_key', book_authorization.idempotency_key,
            'request_hash', book_authorization.request_hash,
            'reason', 'authorisation',
            'actor', book_authorization.actor,
            'payment_reference', book_authorization.payment
        ),
        book_authorization.currency,
        jsonb_build_array(
            jsonb_build_object(
                'account', 'customer_auth_hold',
                'of', book_authorization.payment,
                'side', 'DEBIT',
                'amount', book_authorization.amount
            ),
            jsonb_build_object(
                'account', 'merchant_pending_auth',
                'of', book_authorization.merchant,
                'side', 'CREDIT',
                'amount', book_authorization.amount
            )
        )
    ) AS booked;
END;

COMMENT ON FUNCTION ledger.book_authorization(
    bigint, text, text, text, text, text, text, numeric
)
IS $comment$A customer's bank has promised an amount.

  debit   customer_auth_hold:<payment>        amount
  credit  merchant_pending_auth:<merchant>    amount

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

GRANT EXECUTE ON FUNCTION ledger.book_authorization(
    bigint, text, text, text, text, text, text, numeric
) TO pgtill_service, pgtill_operator;

COMMIT;
