-- Deploy pgtill:functions/ledger/check_journal to pg
-- requires: tables/ledger/entries
-- requires: functions/ledger/is_mirrored

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.check_journal()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    _count bigint;
    _difference numeric;
    _lowest text;
    _highest text;
BEGIN
    -- Amounts are positive: what sums up to zero has a debit and a credit.
    SELECT
        count(*),
        sum(CASE entry.side WHEN 'DEBIT' THEN entry.amount ELSE -entry.amount END),
        min(entry.currency),
        max(entry.currency)
    INTO _count, _difference, _lowest, _highest
    FROM ledger.entries AS entry
    WHERE entry.journal_id = new.id;

    -- Nearly every journal has one currency, and is done. What asks a table stands apart: a condition
    -- with a query in it is planned as one, even where it is not reached.
    IF (_count = new.line_count AND _difference = 0 AND _lowest = _highest) IS NOT TRUE THEN
        IF _count <> new.line_count
            OR EXISTS (
                SELECT
                FROM ledger.entries AS entry
                WHERE entry.journal_id = new.id
                GROUP BY entry.currency
                HAVING
                    sum(CASE entry.side WHEN 'DEBIT' THEN entry.amount ELSE -entry.amount END) <> 0
            )
        THEN
            RAISE EXCEPTION 'journal does not balance'
                USING
                    ERRCODE = 'TL301',
                    DETAIL = format('%s of %s lines of %s', _count, new.line_count, new.public_id);
        END IF;
    END IF;

    IF new.reverses IS NOT NULL AND NOT ledger.is_mirrored(new.reverses, new.id) THEN
        RAISE EXCEPTION 'a reversal does not mirror its journal'
            USING
                ERRCODE = 'TL308',
                DETAIL = format('journal is %s', new.public_id);
    END IF;

    RETURN NULL;
END
$function$;

COMMENT ON FUNCTION ledger.check_journal()
IS
$comment$Trigger: refuse, at commit, a journal that lacks a line or does not balance in a currency.

It looks at the journal once, when the transaction that inserts it ends. Its lines are numbered 1 to
line_count, which each entry repeats, and none can be removed: a whole journal takes no more entries,
so that nothing needs to be looked at again.

Raises
  TL301  journal does not balance
  TL308  a reversal does not mirror its journal$comment$;

CREATE CONSTRAINT TRIGGER journals_balance
AFTER INSERT ON ledger.journals
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW
EXECUTE FUNCTION ledger.check_journal();

ALTER TABLE ledger.journals ENABLE ALWAYS TRIGGER journals_balance;

COMMIT;
