-- Deploy pgtill:functions/ledger/post_holds to pg
-- requires: functions/ledger/move_pending

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
AS $function$
#variable_conflict error
DECLARE
    _asked record;
    _known ledger.holds;
    _constraint text;
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

    FOR _asked IN
        SELECT
            item.nth::integer AS place,
            asked.*,
            decode(asked.request_hash, 'hex') AS hash,
            debit.id AS debit_id,
            debit.currency AS debit_currency,
            credit.id AS credit_id,
            credit.currency AS credit_currency
        FROM jsonb_array_elements(post_holds.holds) WITH ORDINALITY AS item (hold, nth)
        CROSS JOIN LATERAL jsonb_to_record(item.hold) AS asked (
            organization_id bigint, idempotency_key text, request_hash text, debit_account text,
            credit_account text, amount numeric, currency text, reason text, actor text,
            payment_reference text, expires_at timestamptz
        )
        LEFT JOIN ledger.accounts AS debit
            ON debit.public_id = asked.debit_account
            AND debit.organization_id = asked.organization_id
        LEFT JOIN ledger.accounts AS credit
            ON credit.public_id = asked.credit_account
            AND credit.organization_id = asked.organization_id
        ORDER BY item.nth
    LOOP
        hold_position := _asked.place;
        outcome := NULL;
        hold_id := NULL;
        recorded_at := NULL;
        details := NULL;

        IF (_asked.amount > 0 AND _asked.amount = trunc(_asked.amount)) IS NOT TRUE THEN
            RAISE EXCEPTION 'amount is not a whole number above zero'
                USING
                    ERRCODE = 'TL307',
                    DETAIL = format('hold %s: %s', _asked.place, _asked.amount);
        END IF;

        SELECT hold.*
        INTO _known
        FROM ledger.holds AS hold
        WHERE hold.organization_id = _asked.organization_id
            AND hold.idempotency_key = _asked.idempotency_key;

        IF FOUND AND _known.request_hash = _asked.hash THEN
            outcome := 'replayed';
            hold_id := _known.public_id;
            recorded_at := _known.created_at;
        ELSIF FOUND THEN
            outcome := 'idempotency_key_conflict';
        ELSIF _asked.debit_id IS NULL OR _asked.credit_id IS NULL THEN
            outcome := 'unknown_account';
            details := jsonb_build_object(
                'account',
                CASE WHEN _asked.debit_id IS NULL THEN _asked.debit_account ELSE _asked.credit_account END
            );
        ELSIF _asked.debit_currency <> _asked.credit_currency
            OR _asked.currency <> _asked.debit_currency
        THEN
            outcome := 'currency_mismatch';
            details := jsonb_build_object('currency', _asked.debit_currency);
        ELSE
            BEGIN
                INSERT INTO ledger.holds AS hold (
                    organization_id, idempotency_key, request_hash, debit_account_id,
                    credit_account_id, currency, amount, reason, actor, payment_reference, expires_at
                )
                VALUES (
                    _asked.organization_id, _asked.idempotency_key, _asked.hash, _asked.debit_id,
                    _asked.credit_id, _asked.debit_currency, _asked.amount, _asked.reason,
                    _asked.actor, _asked.payment_reference, _asked.expires_at
                )
                RETURNING 'held', hold.public_id, hold.created_at
                INTO outcome, hold_id, recorded_at;
            EXCEPTION
                WHEN numeric_value_out_of_range THEN
                    outcome := 'limit_exceeded';
                WHEN check_violation OR unique_violation THEN
                    GET STACKED DIAGNOSTICS _constraint = CONSTRAINT_NAME;
                    IF _constraint = 'holds_idempotency_key_unique' THEN
                        RAISE EXCEPTION 'an idempotency key was used meanwhile'
                            USING
                                ERRCODE = 'serialization_failure',
                                HINT = 'Call again in a new transaction.';
                    ELSIF _constraint NOT IN ('accounts_floor_kept', 'accounts_ceiling_kept') THEN
                        RAISE;
                    END IF;
                    outcome := 'limit_exceeded';
            END;
        END IF;
        RETURN NEXT;
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
  limit_exceeded            an account would pass its floor or ceiling if all holds settled

Accounts are locked in the order of their ids.

Raises
  TL307  amount is not a whole number above zero
  22P02  a number or a time is not well formed
  23502  a hold lacks a field
  23514  a hold breaks a rule of its table
  40001  an idempotency key was used meanwhile: call again
  55P03  another session holds an account for longer than lock_timeout$comment$;

GRANT EXECUTE ON FUNCTION ledger.post_holds(jsonb) TO pgtill_service, pgtill_operator;

COMMIT;
