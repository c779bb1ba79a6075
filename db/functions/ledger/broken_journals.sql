-- Deploy pgtill:functions/ledger/broken_journals to pg
-- requires: tables/ledger/entries
-- requires: functions/ledger/asked_accounts

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.broken_journals(organization_id bigint, account_id text)
RETURNS TABLE (id bigint, broken_account_id text, version bigint, problem text)
LANGUAGE sql
STABLE
BEGIN ATOMIC
    WITH
    touched AS (
        SELECT
            account.id,
            account.public_id,
            entry.version,
            entry.journal_id,
            entry.line_count
        FROM
            ledger.asked_accounts(broken_journals.organization_id, broken_journals.account_id)
                AS account
        INNER JOIN ledger.entries AS entry ON account.id = entry.account_id
    ),

    -- Whole journals: their other lines may be in accounts that were not asked about.
    summed AS (
        SELECT
            line.journal_id,
            count(*) AS line_count,
            sum(CASE line.side WHEN 'DEBIT' THEN line.amount ELSE -line.amount END) AS difference
        FROM ledger.entries AS line
        WHERE line.journal_id IN (SELECT touched.journal_id FROM touched)
        GROUP BY line.journal_id, line.currency
    ),

    judged AS (
        SELECT
            summed.journal_id,
            sum(summed.line_count) AS line_count,
            bool_and(summed.difference = 0) AS is_balanced
        FROM summed
        GROUP BY summed.journal_id
    )

    SELECT
        touched.id,
        touched.public_id AS broken_account_id,
        touched.version,
        CASE
            WHEN judged.is_balanced THEN 'its journal lacks a line'
            ELSE 'its journal does not balance'
        END AS problem
    FROM touched
    INNER JOIN judged ON touched.journal_id = judged.journal_id
    WHERE judged.line_count <> touched.line_count OR NOT judged.is_balanced

    UNION ALL

    SELECT
        NULL AS id,
        NULL AS broken_account_id,
        NULL AS version,
        format('journal %s has no line', journal.public_id) AS problem
    FROM ledger.journals AS journal
    WHERE
        broken_journals.account_id IS NULL
        AND (
            broken_journals.organization_id IS NULL
            OR journal.organization_id = broken_journals.organization_id
        )
        AND NOT EXISTS (
            SELECT FROM ledger.entries AS entry
            WHERE entry.journal_id = journal.id
        );
END;

COMMENT ON FUNCTION ledger.broken_journals(bigint, text)
IS $comment$Entries whose journal does not balance or lacks a line, and journals without any.

These are in no account: all but the problem is NULL, and one account is not told of them.

Of one account, one book, or (NULL) everything. Private to verify().$comment$;

COMMIT;
