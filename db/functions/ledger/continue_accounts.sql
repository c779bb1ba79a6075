-- Deploy pgtill:functions/ledger/continue_accounts to pg
-- requires: tables/ledger/entries

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.continue_accounts()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
AS $function$
DECLARE
    _have_journals boolean;
    _are_continuing boolean;
    _exceeded text;
BEGIN
    WITH
    continued AS (
        SELECT
            entry.account_id,
            account.public_id,
            entry.version,
            entry.balance_after,
            entry.recorded_at,
            entry.chain_hash,
            lead(entry.version) OVER history IS NULL AS is_last,
            entry.version = lag(entry.version, 1, account.version) OVER history + 1
            AND entry.balance_after
            = lag(entry.balance_after, 1, account.balance) OVER history
            + CASE WHEN entry.side = account.normal_side THEN entry.amount ELSE -entry.amount END
            AND entry.recorded_at
            >= lag(entry.recorded_at, 1, coalesce(account.posted_at, entry.recorded_at)) OVER history
                AS is_continuing,
            -- What a foreign key would say, at a tenth of its price: neither table loses rows.
            journal.id IS NOT NULL AS has_journal,
            coalesce(entry.balance_after - account.pending_out >= account.floor, TRUE)
            AND coalesce(entry.balance_after + account.pending_in <= account.ceiling, TRUE)
                AS is_within
        FROM added AS entry
        INNER JOIN ledger.accounts AS account ON entry.account_id = account.id
        LEFT JOIN ledger.journals AS journal
            ON entry.journal_id = journal.id
            AND entry.organization_id = journal.organization_id
            AND entry.recorded_at = journal.recorded_at
            AND entry.line_count = journal.line_count
        WINDOW history AS (PARTITION BY entry.account_id ORDER BY entry.version)
    ),

    moved AS (
        UPDATE ledger.accounts AS account
        SET
            version = last.version,
            balance = last.balance_after,
            posted_at = last.recorded_at,
            chain_hash = last.chain_hash
        FROM continued AS last
        WHERE account.id = last.account_id AND last.is_last AND last.is_within
    )

    SELECT
        bool_and(continued.has_journal),
        bool_and(continued.is_continuing),
        min(continued.public_id) FILTER (WHERE NOT continued.is_within)
    INTO _have_journals, _are_continuing, _exceeded
    FROM continued;

    IF NOT _have_journals THEN
        RAISE EXCEPTION 'entries are not of a journal of their book'
            USING
                ERRCODE = 'TL306',
                DETAIL = 'journal_id, organization_id, recorded_at and line_count must be a journal''s';
    END IF;

    IF NOT _are_continuing THEN
        RAISE EXCEPTION 'entries do not continue the history of their account'
            USING
                ERRCODE = 'TL303',
                DETAIL = 'version, balance_after or recorded_at does not follow the entry before';
    END IF;

    IF _exceeded IS NOT NULL THEN
        RAISE EXCEPTION 'an entry would pass a limit of its account'
            USING
                ERRCODE = 'TL305',
                DETAIL = format('account is %s', _exceeded);
    END IF;

    RETURN NULL;
END
$function$;

COMMENT ON FUNCTION ledger.continue_accounts()
IS
$comment$Trigger: new entries continue the history of their accounts, and move them.

Whoever inserts: versions follow each other without a hole, each balance is the one before and the
amount, time does not go back, limits are kept, and the account stands where its last entry says.

A journal takes entries of its own book and moment only, and of one line_count.

Raises
  TL306  entries are not of a journal of their book
  TL303  entries do not continue the history of their account
  TL305  an entry would pass a limit of its account
  23502  the last entry of an account has no chain_hash$comment$;

CREATE OR REPLACE TRIGGER entries_continue_accounts
AFTER INSERT ON ledger.entries
REFERENCING NEW TABLE AS added
FOR EACH STATEMENT
EXECUTE FUNCTION ledger.continue_accounts();

ALTER TABLE ledger.entries ENABLE ALWAYS TRIGGER entries_continue_accounts;

COMMIT;
