-- Deploy pgtill:functions/ledger/record_daily_balances to pg
-- requires: functions/ledger/version_at

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.record_daily_balances(day date)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _end timestamptz := (record_daily_balances.day + 1)::timestamp AT TIME ZONE 'UTC';
    _recorded bigint;
BEGIN
    IF _end > clock_timestamp() THEN
        RAISE EXCEPTION 'the day is not over'
            USING
                ERRCODE = 'TL310',
                DETAIL = format('%s ends at %s', record_daily_balances.day, _end);
    END IF;

    -- Who holds an account may have taken the time before midnight: wait, then read.
    PERFORM account.id
    FROM ledger.accounts AS account
    ORDER BY account.id
    FOR SHARE;

    INSERT INTO ledger.daily_balances (account_id, day, version, balance)
    SELECT
        entry.account_id,
        record_daily_balances.day,
        entry.version,
        entry.balance_after
    FROM ledger.accounts AS account
    INNER JOIN ledger.entries AS entry
        ON entry.account_id = account.id
        AND entry.version = ledger.version_at(
            account.id, account.version, _end - interval '1 microsecond'
        )
    -- An entry closes one day: that of an account which did not move since is there.
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS _recorded = ROW_COUNT;
    RETURN _recorded;
END
$function$;

COMMENT ON FUNCTION ledger.record_daily_balances(date)
IS
$comment$Keep where the accounts of all books stood when a day (UTC) ended; answer how many moved.

Accounts that did not move since the day kept before get no row. Again for the same day: none.
Postings wait while it reads.

Raises
  TL310  the day is not over
  55P03  another session holds an account for longer than lock_timeout$comment$;

GRANT EXECUTE ON FUNCTION ledger.record_daily_balances(date) TO pgtill_operator;

COMMIT;
