-- Deploy pgtill:functions/ledger/move_pending to pg
-- requires: tables/ledger/hold_endings
-- requires: tables/ledger/open_holds
-- requires: tables/ledger/hold_links
-- requires: functions/ledger/hold_image

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.move_pending()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
AS $function$
DECLARE
    _is_ending boolean := tg_table_name = 'hold_endings';
    _hold ledger.holds;
    _ending ledger.hold_endings;
    _change numeric;
    _image bytea;
BEGIN
    SELECT hold.*
    INTO _hold
    FROM ledger.holds AS hold
    WHERE hold.id = (to_jsonb(new) ->> CASE WHEN _is_ending THEN 'hold_id' ELSE 'id' END)::bigint;

    IF _is_ending THEN
        _ending := jsonb_populate_record(NULL::ledger.hold_endings, to_jsonb(new));
        _change := -_hold.amount;
        DELETE FROM ledger.open_holds AS open WHERE open.hold_id = _hold.id;
    ELSE
        _change := _hold.amount;
        INSERT INTO ledger.open_holds (hold_id, expires_at) VALUES (_hold.id, _hold.expires_at);
    END IF;
    _image := ledger.hold_image(_hold, _ending);

    -- The place in a chain is given after its account is locked: places are in the order of the chain.
    WITH linked AS (
        UPDATE ledger.accounts AS account
        SET
            pending_in = account.pending_in + CASE WHEN moved.side = account.normal_side THEN _change ELSE 0 END,
            pending_out = account.pending_out + CASE WHEN moved.side = account.normal_side THEN 0 ELSE _change END,
            chain_hash = sha256(account.chain_hash || _image)
        FROM (
            VALUES
            (_hold.debit_account_id, 'DEBIT'::ledger.side),
            (_hold.credit_account_id, 'CREDIT'::ledger.side)
        ) AS moved (account_id, side)
        WHERE account.id = moved.account_id
        RETURNING account.id, account.version, account.chain_hash
    )

    INSERT INTO ledger.hold_links (account_id, version, hold_id, is_ending, chain_hash)
    SELECT linked.id, linked.version, _hold.id, _is_ending, linked.chain_hash
    FROM linked;

    RETURN NULL;
END
$function$;

COMMENT ON FUNCTION ledger.move_pending()
IS
$comment$Trigger: a hold is open, its amount pending in both accounts; its ending takes that back.

Both are links of the chains of both accounts, as entries are.

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
