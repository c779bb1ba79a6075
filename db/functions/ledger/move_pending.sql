-- Deploy pgtill:functions/ledger/move_pending to pg
-- requires: tables/ledger/hold_endings
-- requires: tables/ledger/open_holds

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.move_pending()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
AS $function$
DECLARE
    _hold ledger.holds;
    _change numeric;
BEGIN
    SELECT hold.*
    INTO _hold
    FROM ledger.holds AS hold
    WHERE hold.id = (
        to_jsonb(new) ->> CASE tg_table_name WHEN 'holds' THEN 'id' ELSE 'hold_id' END
    )::bigint;
    _change := CASE tg_table_name WHEN 'holds' THEN _hold.amount ELSE -_hold.amount END;

    IF tg_table_name = 'holds' THEN
        INSERT INTO ledger.open_holds (hold_id, expires_at) VALUES (_hold.id, _hold.expires_at);
    ELSE
        DELETE FROM ledger.open_holds AS open WHERE open.hold_id = _hold.id;
    END IF;

    UPDATE ledger.accounts AS account
    SET
        pending_in = account.pending_in + CASE WHEN moved.side = account.normal_side THEN _change ELSE 0 END,
        pending_out = account.pending_out + CASE WHEN moved.side = account.normal_side THEN 0 ELSE _change END
    FROM (
        VALUES
        (_hold.debit_account_id, 'DEBIT'::ledger.side),
        (_hold.credit_account_id, 'CREDIT'::ledger.side)
    ) AS moved (account_id, side)
    WHERE account.id = moved.account_id;

    RETURN NULL;
END
$function$;

COMMENT ON FUNCTION ledger.move_pending()
IS
$comment$Trigger: a hold is open, its amount pending in both accounts; its ending takes that back.

Raises
  23514  an account would pass its floor or ceiling (accounts_floor_kept, accounts_ceiling_kept)$comment$;

CREATE OR REPLACE TRIGGER holds_move_pending
AFTER INSERT ON ledger.holds
FOR EACH ROW
EXECUTE FUNCTION ledger.move_pending();

CREATE OR REPLACE TRIGGER hold_endings_move_pending
AFTER INSERT ON ledger.hold_endings
FOR EACH ROW
EXECUTE FUNCTION ledger.move_pending();

ALTER TABLE ledger.holds ENABLE ALWAYS TRIGGER holds_move_pending;
ALTER TABLE ledger.hold_endings ENABLE ALWAYS TRIGGER hold_endings_move_pending;

COMMIT;
