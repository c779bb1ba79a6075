-- Deploy pgtill:functions/ledger/version_at to pg
-- requires: tables/ledger/entries

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.version_at(
    account_id bigint, lowest bigint, highest bigint, moment timestamptz
)
RETURNS bigint
LANGUAGE plpgsql
STABLE
AS $function$
DECLARE
    _low bigint := version_at.lowest;
    _high bigint := version_at.highest;
    _middle bigint;
BEGIN
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

COMMENT ON FUNCTION ledger.version_at(bigint, bigint, bigint, timestamptz)
IS $comment$The last version of an account that was recorded until a moment, between two bounds.

lowest was recorded until then, or is 0; highest is the account's version.
Private to balance_at() and trial_balance().$comment$;

COMMIT;
