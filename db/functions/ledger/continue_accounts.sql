-- Deploy pgtill:functions/ledger/continue_accounts to pg
-- requires: tables/ledger/entries

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.continue_accounts()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
-- A plan made while the tables were small must still look rows up when they are large.
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $function$
DECLARE
    _are_continuing boolean;
BEGIN
    UPDATE ledger.accounts AS account
    SET
        version = last.version,
        balance = last.balance_after,
        posted_at = last.recorded_at,
        chain_hash = last.chain_hash
    FROM added AS last
    WHERE account.id = last.account_id AND last.chain_hash IS NOT NULL;

    -- Versions are unique: where each entry follows another there is no hole, and no two follow one.
    SELECT
        bool_and(
            coalesce(
                account.version >= entry.version
                AND (entry.version = 1 OR before.recorded_at <= entry.recorded_at)
                AND entry.balance_after
                = coalesce(before.balance_after, 0)
                + CASE entry.side WHEN account.normal_side THEN entry.amount ELSE -entry.amount END,
                FALSE
            )
        )
    INTO _are_continuing
    FROM added AS entry
    INNER JOIN ledger.accounts AS account ON account.id = entry.account_id
    LEFT JOIN ledger.entries AS before
        ON before.account_id = entry.account_id AND before.version = entry.version - 1;

    IF NOT _are_continuing THEN
        RAISE EXCEPTION 'entries do not continue the history of their account'
            USING
                ERRCODE = 'TL303',
                DETAIL = 'version, balance_after or recorded_at does not follow, or the last has no hash';
    END IF;

    RETURN NULL;
END
$function$;

COMMENT ON FUNCTION ledger.continue_accounts()
IS
$comment$Trigger: new entries continue the history of their accounts, and move them.

Whoever inserts: versions follow each other without a hole, each balance is the one before and the
amount, time does not go back, and the account stands where its last entry says. The entry that moves its
account, the last of a statement, carries the chain's hash.

Raises
  TL303  entries do not continue the history of their account
  23514  an account would pass its floor or ceiling (accounts_floor_kept, accounts_ceiling_kept)$comment$;

CREATE OR REPLACE TRIGGER entries_continue_accounts
AFTER INSERT ON ledger.entries
REFERENCING NEW TABLE AS added
FOR EACH STATEMENT
EXECUTE FUNCTION ledger.continue_accounts();

ALTER TABLE ledger.entries ENABLE ALWAYS TRIGGER entries_continue_accounts;

COMMIT;
