-- Deploy pgtill:functions/ledger/broken_entries to pg
-- requires: tables/ledger/entries
-- requires: functions/ledger/asked_accounts

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.broken_entries(organization_id bigint, account_id text)
RETURNS TABLE (id bigint, broken_account_id text, version bigint, problem text)
LANGUAGE sql
STABLE
BEGIN ATOMIC
    WITH followed AS (
        SELECT
            account.id,
            account.public_id,
            account.normal_side,
            entry.version,
            entry.side,
            entry.amount,
            entry.balance_after,
            entry.recorded_at,
            journal.id IS NOT NULL AS has_journal,
            entry.organization_id <> account.organization_id
            OR entry.currency <> account.currency AS is_strange,
            lag(entry.version, 1, 0::bigint) OVER history AS version_before,
            lag(entry.balance_after, 1, 0::numeric) OVER history AS balance_before,
            lag(entry.recorded_at, 1, '-infinity') OVER history AS recorded_before
        FROM
            ledger.asked_accounts(broken_entries.organization_id, broken_entries.account_id)
                AS account
        INNER JOIN ledger.entries AS entry ON account.id = entry.account_id
        LEFT JOIN ledger.journals AS journal
            ON
                entry.journal_id = journal.id
                AND entry.organization_id = journal.organization_id
                AND entry.recorded_at = journal.recorded_at
                AND entry.line_count = journal.line_count
        WINDOW history AS (PARTITION BY account.id ORDER BY entry.version)
    ),

    judged AS (
        SELECT
            followed.id,
            followed.public_id,
            followed.version,
            CASE
                WHEN followed.version <> followed.version_before + 1
                    THEN 'an entry before this one is missing'
                WHEN NOT followed.has_journal THEN 'its journal is missing'
                WHEN followed.is_strange THEN 'its book or currency is not the account''s'
                WHEN
                    followed.balance_after
                    <> followed.balance_before
                    + CASE
                        WHEN followed.side = followed.normal_side THEN followed.amount
                        ELSE -followed.amount
                    END
                    THEN 'its balance is not the one before and its amount'
                WHEN followed.recorded_at < followed.recorded_before
                    THEN 'it was recorded before the entry before it'
            END AS problem
        FROM followed
    )

    SELECT
        judged.id,
        judged.public_id AS broken_account_id,
        judged.version,
        judged.problem
    FROM judged
    WHERE judged.problem IS NOT NULL;
END;

COMMENT ON FUNCTION ledger.broken_entries(bigint, text)
IS $comment$Entries that do not continue the history of their account.

One before is missing, or the journal; its book or currency is another; or the balance or the time does
not follow.

Of one account, one book, or (NULL) everything. Private to verify().$comment$;

COMMIT;
