-- Deploy pgtill:functions/ledger/expire_holds to pg
-- requires: functions/ledger/move_pending

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.expire_holds(batch_size integer)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- A plan made while a table was empty must not scan it when it has millions of rows.
SET enable_seqscan = off
AS $function$
#variable_conflict error
DECLARE
    _holds bigint[];
    _expired bigint;
BEGIN
    _holds := ARRAY(
        SELECT open.hold_id
        FROM ledger.open_holds AS open
        WHERE open.expires_at <= clock_timestamp()
        ORDER BY open.expires_at
        LIMIT expire_holds.batch_size
    );

    -- Lock order 7: accounts, by id.
    PERFORM account.id
    FROM ledger.accounts AS account
    WHERE account.id IN (
        SELECT unnest(ARRAY[hold.debit_account_id, hold.credit_account_id])
        FROM ledger.holds AS hold
        WHERE hold.id = ANY (_holds)
    )
    ORDER BY account.id
    FOR NO KEY UPDATE;

    INSERT INTO ledger.hold_endings (hold_id, kind, organization_id, actor)
    SELECT hold.id, 'expired', hold.organization_id, 'expire_holds'
    FROM ledger.holds AS hold
    WHERE hold.id = ANY (_holds)
    -- Whoever held the accounts before may have ended it.
    ON CONFLICT ON CONSTRAINT hold_endings_pk DO NOTHING;
    GET DIAGNOSTICS _expired = ROW_COUNT;
    RETURN _expired;
END
$function$;

COMMENT ON FUNCTION ledger.expire_holds(integer)
IS
$comment$End holds whose time is over, at most batch_size, and answer how many.

Those that are open are found by an index: what it costs does not grow with the holds that have ended.
Accounts are locked in the order of their ids.

Raises
  55P03  another session holds an account for longer than lock_timeout$comment$;

GRANT EXECUTE ON FUNCTION ledger.expire_holds(integer) TO pgtill_service, pgtill_operator;

COMMIT;
