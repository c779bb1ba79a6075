-- Deploy pgtill:views/ledger/anomalies to pg
-- requires: tables/ledger/daily_balances
-- requires: tables/ledger/hold_endings
-- requires: tables/ledger/open_holds

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE VIEW ledger.anomalies AS

WITH held AS (
    SELECT
        moved.account_id,
        sum(hold.amount) FILTER (WHERE moved.side = touched.normal_side) AS amount_in,
        sum(hold.amount) FILTER (WHERE moved.side <> touched.normal_side) AS amount_out
    FROM ledger.holds AS hold
    CROSS JOIN
        LATERAL (
            VALUES
            (hold.debit_account_id, 'DEBIT'::ledger.side),
            (hold.credit_account_id, 'CREDIT'::ledger.side)
        ) AS moved (account_id, side)
    INNER JOIN ledger.accounts AS touched ON moved.account_id = touched.id
    WHERE
        NOT EXISTS (
            SELECT FROM ledger.hold_endings AS ending
            WHERE ending.hold_id = hold.id
        )
    GROUP BY moved.account_id
)

SELECT
    'journal_lacks_lines' AS rule,
    journal.public_id AS subject,
    format('%s of %s lines', count(entry.line), journal.line_count) AS detail
FROM ledger.journals AS journal
LEFT JOIN ledger.entries AS entry ON journal.id = entry.journal_id
GROUP BY journal.id
HAVING count(entry.line) <> journal.line_count

UNION ALL

SELECT
    'journal_unbalanced' AS rule,
    coalesce(journal.public_id, format('journal %s', entry.journal_id)) AS subject,
    format(
        '%s: debits less credits are %s', entry.currency,
        sum(CASE entry.side WHEN 'DEBIT' THEN entry.amount ELSE -entry.amount END)
    ) AS detail
FROM ledger.entries AS entry
LEFT JOIN ledger.journals AS journal ON entry.journal_id = journal.id
GROUP BY entry.journal_id, journal.public_id, entry.currency
HAVING sum(CASE entry.side WHEN 'DEBIT' THEN entry.amount ELSE -entry.amount END) <> 0

UNION ALL

SELECT
    'entry_without_journal' AS rule,
    format('journal %s', entry.journal_id) AS subject,
    format('line %s', entry.line) AS detail
FROM ledger.entries AS entry
WHERE
    NOT EXISTS (
        SELECT FROM ledger.journals AS journal
        WHERE
            journal.id = entry.journal_id
            AND journal.organization_id = entry.organization_id
            AND journal.recorded_at = entry.recorded_at
            AND journal.line_count = entry.line_count
    )

UNION ALL

SELECT
    'balance_is_not_sum' AS rule,
    account.public_id AS subject,
    format(
        'balance %s at version %s, %s entries sum up to %s',
        account.balance, account.version, history.entry_count, history.total
    ) AS detail
FROM ledger.accounts AS account
CROSS JOIN
    LATERAL (
        SELECT
            count(*) AS entry_count,
            coalesce(min(entry.version), 1) AS first_version,
            coalesce(max(entry.version), 0) AS last_version,
            coalesce(
                sum(
                    CASE
                        WHEN entry.side = account.normal_side THEN entry.amount ELSE -entry.amount
                    END
                ),
                0
            ) AS total
        FROM ledger.entries AS entry
        WHERE entry.account_id = account.id
    ) AS history
-- With versions unique, as many entries as the last version says leave no hole.
WHERE
    account.balance <> history.total
    OR account.version <> history.entry_count
    OR account.version <> history.last_version
    OR history.first_version <> 1

UNION ALL

SELECT
    'entry_of_another_kind' AS rule,
    account.public_id AS subject,
    format('version %s: organization or currency is not the account''s', entry.version) AS detail
FROM ledger.entries AS entry
INNER JOIN ledger.accounts AS account ON entry.account_id = account.id
WHERE entry.organization_id <> account.organization_id OR entry.currency <> account.currency

UNION ALL

SELECT
    'reversed_twice' AS rule,
    format('journal %s', journal.reverses) AS subject,
    format('%s reversals', count(*)) AS detail
FROM ledger.journals AS journal
WHERE journal.reverses IS NOT NULL
GROUP BY journal.reverses
HAVING count(*) > 1

UNION ALL

SELECT
    'daily_balance_differs' AS rule,
    account.public_id AS subject,
    format('%s: %s at version %s', closing.day, closing.balance, closing.version) AS detail
FROM ledger.daily_balances AS closing
INNER JOIN ledger.accounts AS account ON closing.account_id = account.id
LEFT JOIN ledger.entries AS entry
    ON closing.account_id = entry.account_id AND closing.version = entry.version
LEFT JOIN ledger.entries AS later
    ON closing.account_id = later.account_id AND closing.version + 1 = later.version
WHERE
    closing.balance IS DISTINCT FROM entry.balance_after
    OR (entry.recorded_at AT TIME ZONE 'UTC')::date > closing.day
    OR (later.recorded_at AT TIME ZONE 'UTC')::date <= closing.day

UNION ALL

SELECT
    'pending_is_not_sum' AS rule,
    account.public_id AS subject,
    format('pending_out %s, pending_in %s', account.pending_out, account.pending_in) AS detail
FROM ledger.accounts AS account
LEFT JOIN held ON account.id = held.account_id
WHERE
    account.pending_in <> coalesce(held.amount_in, 0)
    OR account.pending_out <> coalesce(held.amount_out, 0)

UNION ALL

SELECT
    'open_hold_differs' AS rule,
    coalesce(hold.public_id, format('hold %s', open.hold_id)) AS subject,
    CASE WHEN open.hold_id IS NULL THEN 'has not ended and is not open' ELSE 'is open and ended' END
        AS detail
FROM ledger.holds AS hold
LEFT JOIN ledger.hold_endings AS ending ON hold.id = ending.hold_id
FULL JOIN ledger.open_holds AS open ON hold.id = open.hold_id
WHERE
    (open.hold_id IS NULL) <> (hold.id IS NULL OR ending.hold_id IS NOT NULL)
    OR open.expires_at <> hold.expires_at;

COMMENT ON VIEW ledger.anomalies
IS 'Must always be empty. Looks past the constraints, as if they could have been switched off.';
COMMENT ON COLUMN ledger.anomalies.rule IS 'Which promise is broken.';
COMMENT ON COLUMN ledger.anomalies.subject IS 'By what.';
COMMENT ON COLUMN ledger.anomalies.detail IS 'How.';

GRANT SELECT ON ledger.anomalies TO pgtill_operator, pgtill_auditor;

COMMIT;
