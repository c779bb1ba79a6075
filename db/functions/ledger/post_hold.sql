-- Deploy pgtill:functions/ledger/post_hold to pg
-- requires: functions/ledger/move_pending

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.post_hold(asked jsonb)
RETURNS TABLE (outcome text, hold_id text, recorded_at timestamptz, details jsonb)
LANGUAGE plpgsql
VOLATILE
AS $function$
#variable_conflict error
DECLARE
    _organization_id bigint := (post_hold.asked ->> 'organization_id')::bigint;
    _hash bytea := decode(post_hold.asked ->> 'request_hash', 'hex');
    _amount numeric := (post_hold.asked ->> 'amount')::numeric;
    _known ledger.holds;
    _debit ledger.accounts;
    _credit ledger.accounts;
    _constraint text;
    _is_debit boolean;
BEGIN
    IF (_amount > 0 AND _amount = trunc(_amount) AND _amount <> 'NaN') IS NOT TRUE THEN
        RAISE EXCEPTION 'amount is not a whole number above zero'
            USING
                ERRCODE = 'TL307',
                DETAIL = format('amount is %s', _amount);
    END IF;

    SELECT hold.*
    INTO _known
    FROM ledger.holds AS hold
    WHERE hold.organization_id = _organization_id
        AND hold.idempotency_key = post_hold.asked ->> 'idempotency_key';
    SELECT account.*
    INTO _debit
    FROM ledger.accounts AS account
    WHERE account.public_id = post_hold.asked ->> 'debit_account'
        AND account.organization_id = _organization_id;
    SELECT account.*
    INTO _credit
    FROM ledger.accounts AS account
    WHERE account.public_id = post_hold.asked ->> 'credit_account'
        AND account.organization_id = _organization_id;

    IF _known.request_hash = _hash THEN
        outcome := 'replayed';
        hold_id := _known.public_id;
        recorded_at := _known.created_at;
    ELSIF _known.id IS NOT NULL THEN
        outcome := 'idempotency_key_conflict';
    ELSIF _debit.id IS NULL OR _credit.id IS NULL THEN
        outcome := 'unknown_account';
        details := jsonb_build_object(
            'account',
            post_hold.asked -> CASE WHEN _debit.id IS NULL THEN 'debit_account' ELSE 'credit_account' END
        );
    ELSIF _debit.currency <> _credit.currency
        OR post_hold.asked ->> 'currency' <> _debit.currency
    THEN
        outcome := 'currency_mismatch';
        details := jsonb_build_object('currency', _debit.currency);
    ELSE
        INSERT INTO ledger.holds AS hold (
            organization_id, idempotency_key, request_hash, debit_account_id, credit_account_id,
            currency, amount, reason, actor, payment_reference, expires_at
        )
        VALUES (
            _organization_id, post_hold.asked ->> 'idempotency_key', _hash, _debit.id, _credit.id,
            _debit.currency, _amount, post_hold.asked ->> 'reason', post_hold.asked ->> 'actor',
            post_hold.asked ->> 'payment_reference', (post_hold.asked ->> 'expires_at')::timestamptz
        )
        RETURNING 'held', hold.public_id, hold.created_at
        INTO outcome, hold_id, recorded_at;
    END IF;
    RETURN NEXT;
EXCEPTION WHEN numeric_value_out_of_range OR check_violation OR unique_violation THEN
    GET STACKED DIAGNOSTICS _constraint = CONSTRAINT_NAME;
    IF _constraint = 'holds_idempotency_key_unique' THEN
        RAISE EXCEPTION 'an idempotency key was used meanwhile'
            USING
                ERRCODE = 'serialization_failure',
                HINT = 'Call again in a new transaction.';
    -- Too many digits are no constraint's.
    ELSIF _constraint NOT IN ('accounts_floor_kept', 'accounts_ceiling_kept', '') THEN
        RAISE;
    END IF;
    -- Of two that are in the way the one to debit is told.
    _is_debit := CASE _debit.normal_side
        WHEN 'DEBIT'
            THEN _debit.pending_in + _amount >= 1e78
                OR _debit.balance + _debit.pending_in + _amount > _debit.ceiling
        ELSE _debit.pending_out + _amount >= 1e78
            OR _debit.balance - _debit.pending_out - _amount < _debit.floor
    END;
    RETURN QUERY SELECT
        'limit_exceeded',
        NULL::text,
        NULL::timestamptz,
        jsonb_build_object('account', CASE WHEN _is_debit THEN _debit.public_id ELSE _credit.public_id END);
END
$function$;

COMMENT ON FUNCTION ledger.post_hold(jsonb)
IS $comment$Hold one amount in accounts that are locked.

Private to post_holds(), which documents what is asked, and outcomes.

Raises
  TL307  amount is not a whole number above zero
  40001  an idempotency key was used meanwhile: call again$comment$;

COMMIT;
