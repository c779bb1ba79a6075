-- Deploy pgtill:functions/ledger/version_at to pg
-- requires: tables/ledger/daily_balances

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.version_at(
    account_id bigint, highest bigint, moment timestamptz
)
RETURNS bigint
LANGUAGE plpgsql
STABLE
AS $function$
DECLARE
    _day date := (version_at.moment AT TIME ZONE 'UTC')::date;
    _low bigint;
    _high bigint;
    _middle bigint;
BEGIN
    -- Days that were kept stand around the moment: what is left to search is what came between.
    SELECT closing.version
    INTO _low
    FROM ledger.daily_balances AS closing
    WHERE closing.account_id = version_at.account_id AND closing.day < _day
    ORDER BY closing.day DESC
    LIMIT 1;

    SELECT closing.version
    INTO _high
    FROM ledger.daily_balances AS closing
    WHERE closing.account_id = version_at.account_id AND closing.day >= _day
    ORDER BY closing.day
    LIMIT 1;

    _low := coalesce(_low, 0);
    _high := coalesce(_high, version_at.highest);

    -- Versions are without a hole and time does not go back along them: halve what is left. Of ten
    -- million entries 24 are looked at, and no index on the time is paid for with each posting.
    WHILE _low < _high LOOP
        _middle := (_low + _high + 1) / 2;
        IF (
            SELECT entry.recorded_at <= version_at.moment
            FROM ledger.entries AS entry
            WHERE entry.account_id = version_at.account_id AND entry.version = _middle
        ) THEN
            _low := _middle;
        ELSE
            _high := _middle - 1;
        END IF;
    END LOOP;
    RETURN _low;
END
$function$;

COMMENT ON FUNCTION ledger.version_at(bigint, bigint, timestamptz)
IS $comment$The last version of an account that was recorded until a moment; 0: none.

highest is the account's version.
Private to the functions that read the past.$comment$;

COMMIT;
