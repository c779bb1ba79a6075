-- Deploy pgtill:functions/ledger/resolve_hold to pg
-- requires: functions/ledger/move_pending
-- requires: functions/ledger/insert_journals

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.resolve_hold(asked jsonb)
RETURNS TABLE (outcome text, journal_id text, recorded_at timestamptz, details jsonb)
LANGUAGE plpgsql
VOLATILE
AS $function$
#variable_conflict error
DECLARE
    _organization_id bigint := (resolve_hold.asked ->> 'organization_id')::bigint;
    _hash bytea := decode(resolve_hold.asked ->> 'request_hash', 'hex');
    _settles boolean := resolve_hold.asked ->> 'action' = 'settle';
    _hold ledger.holds;
    _ending ledger.hold_endings;
    _amount numeric;
    _posted ledger.journal_answer;
BEGIN
    SELECT ending.*
    INTO _ending
    FROM ledger.hold_endings AS ending
    WHERE ending.organization_id = _organization_id
        AND ending.idempotency_key = resolve_hold.asked ->> 'idempotency_key';
    IF FOUND AND _ending.request_hash = _hash THEN
        RETURN QUERY
        SELECT
            'replayed', journal.public_id, coalesce(journal.recorded_at, _ending.recorded_at), NULL::jsonb
        FROM (VALUES (_ending.journal_key)) AS settled (key)
        LEFT JOIN ledger.journals AS journal
            ON journal.organization_id = _organization_id AND journal.idempotency_key = settled.key;
        RETURN;
    END IF;

    SELECT hold.*
    INTO _hold
    FROM ledger.holds AS hold
    WHERE hold.public_id = resolve_hold.asked ->> 'hold_id'
        AND hold.organization_id = _organization_id;
    _amount := coalesce((resolve_hold.asked ->> 'amount')::numeric, _hold.amount);

    outcome := CASE
        WHEN _ending.hold_id IS NOT NULL THEN 'idempotency_key_conflict'
        WHEN _hold.id IS NULL THEN 'unknown_hold'
        WHEN EXISTS (SELECT FROM ledger.hold_endings AS ending WHERE ending.hold_id = _hold.id)
            THEN 'hold_resolved'
        WHEN _settles AND _hold.expires_at <= clock_timestamp() THEN 'hold_expired'
        WHEN _settles AND _amount > _hold.amount THEN 'amount_exceeded'
    END;
    IF outcome IS NOT NULL THEN
        RETURN NEXT;
        RETURN;
    END IF;

    -- First the promise goes, then what it promised comes: together they pass no limit.
    INSERT INTO ledger.hold_endings AS ending (
        hold_id, kind, organization_id, idempotency_key, request_hash, actor
    )
    VALUES (
        _hold.id,
        -- Another word is no kind: what is misspelled must not let go.
        CASE resolve_hold.asked ->> 'action' WHEN 'settle' THEN 'settled' WHEN 'release' THEN 'released' END,
        _organization_id,
        resolve_hold.asked ->> 'idempotency_key', _hash, resolve_hold.asked ->> 'actor'
    )
    RETURNING ending.kind, ending.recorded_at
    INTO outcome, recorded_at;

    IF _settles THEN
        _posted := (
            ledger.insert_journals(
                jsonb_build_array(
                    resolve_hold.asked || jsonb_build_object(
                        'payment_reference', _hold.payment_reference,
                        'lines', (
                            SELECT
                                jsonb_agg(
                                    jsonb_build_object(
                                        'account', account.public_id,
                                        'side', CASE account.id WHEN _hold.debit_account_id THEN 'DEBIT' ELSE 'CREDIT' END,
                                        'amount', _amount
                                    )
                                    ORDER BY account.id = _hold.credit_account_id
                                )
                            FROM ledger.accounts AS account
                            WHERE account.id IN (_hold.debit_account_id, _hold.credit_account_id)
                        )
                    )
                ),
                1
            )
        )[1];
        -- Refused: nothing may stay of this.
        IF _posted.outcome = 'limit_exceeded' THEN
            RAISE EXCEPTION 'the hold cannot settle within the limits of its accounts'
                USING
                    ERRCODE = 'TL305',
                    DETAIL = format('account is %s', _posted.details ->> 'account');
        END IF;
        -- The key is a journal's already.
        IF _posted.outcome <> 'posted' THEN
            RAISE EXCEPTION 'the hold cannot settle by that key' USING ERRCODE = 'TL311';
        END IF;
        journal_id := _posted.journal_id;
        recorded_at := _posted.recorded_at;
    END IF;
    RETURN NEXT;
END
$function$;

COMMENT ON FUNCTION ledger.resolve_hold(jsonb)
IS $comment$Settle or release one hold whose accounts are locked.

Private to resolve_holds(), which documents arguments and outcomes.

Raises
  TL305  the hold cannot settle within the limits of its accounts
  TL307  amount is not a whole number above zero
  TL311  the hold cannot settle by that key$comment$;

COMMIT;
