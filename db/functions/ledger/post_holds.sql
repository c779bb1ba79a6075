-- Deploy pgtill:functions/ledger/post_holds to pg
-- requires: functions/ledger/post_hold

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.post_holds(holds jsonb)
RETURNS TABLE (
    hold_position integer,
    outcome text,
    hold_id text,
    recorded_at timestamptz,
    details jsonb
)
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- A plan made while a table was empty must not scan it when it has millions of rows.
SET enable_seqscan = off
AS $function$
#variable_conflict error
BEGIN
    -- Lock order 7: accounts, by id.
    PERFORM account.id
    FROM ledger.accounts AS account
    INNER JOIN jsonb_to_recordset(post_holds.holds) AS asked (
        organization_id bigint, debit_account text, credit_account text
    )
        ON account.organization_id = asked.organization_id
        AND account.public_id IN (asked.debit_account, asked.credit_account)
    ORDER BY account.id
    FOR NO KEY UPDATE OF account;

    FOR _nth IN 1..jsonb_array_length(post_holds.holds) LOOP
        RETURN QUERY
        SELECT _nth, answer.*
        FROM ledger.post_hold(post_holds.holds -> (_nth - 1)) AS answer;
    END LOOP;
END
$function$;

COMMENT ON FUNCTION ledger.post_holds(jsonb)
IS
$comment$Hold amounts: promised transfers, which count against limits and not in balances.

holds  [{organization_id, idempotency_key, request_hash, debit_account, credit_account, amount,
       currency?, reason, actor, expires_at, payment_reference?}, ...]

Answers one row a hold, in order. Each outcome leaves its neighbours alone:
  held                      hold_id is new
  replayed                  the key was used for the same request: the first hold_id
  idempotency_key_conflict  the key was used for another request
  unknown_account           the organization does not have details.account
  currency_mismatch         the accounts, or currency, differ from details.currency
  limit_exceeded            details.account would pass its floor or ceiling, or 78 digits, if all holds settled

Accounts are locked in the order of their ids.

Raises
  TL307  amount is not a whole number above zero
  22004  holds is NULL
  22P02  a number or a time is not well formed
  23502  a hold lacks a field
  23514  a hold breaks a rule of its table
  40001  an idempotency key was used meanwhile: call again
  55P03  another session holds an account for longer than lock_timeout$comment$;

GRANT EXECUTE ON FUNCTION ledger.post_holds(jsonb) TO pgtill_service, pgtill_operator;

COMMIT;
