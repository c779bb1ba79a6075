-- Deploy pgtill:functions/ledger/broken_holds to pg
-- requires: tables/ledger/hold_links
-- requires: functions/ledger/asked_accounts

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.broken_holds(organization_id bigint, account_id text)
RETURNS TABLE (id bigint, broken_account_id text, version bigint, problem text)
LANGUAGE sql
STABLE
BEGIN ATOMIC
    SELECT
        account.id,
        account.public_id AS broken_account_id,
        account.version,
        'what is pending is not what its open holds say' AS problem
    FROM ledger.asked_accounts(broken_holds.organization_id, broken_holds.account_id) AS account
    WHERE
        (account.pending_in, account.pending_out) <> (
            SELECT
                coalesce(sum(hold.amount) FILTER (WHERE direction.is_in), 0) AS amount_in,
                coalesce(sum(hold.amount) FILTER (WHERE NOT direction.is_in), 0) AS amount_out
            FROM ledger.holds AS hold
            CROSS JOIN
                LATERAL (
                    VALUES ((account.id = hold.debit_account_id) = (account.normal_side = 'DEBIT'))
                ) AS direction (is_in)
            WHERE
                account.id IN (hold.debit_account_id, hold.credit_account_id)
                AND NOT EXISTS (
                    SELECT FROM ledger.hold_endings AS ending
                    WHERE ending.hold_id = hold.id
                )
        )

    UNION ALL

    SELECT
        account.id,
        account.public_id AS broken_account_id,
        account.version,
        format('what settled hold %s is not what was held', hold.public_id) AS problem
    FROM ledger.asked_accounts(broken_holds.organization_id, broken_holds.account_id) AS account
    INNER JOIN ledger.holds AS hold
        ON account.id IN (hold.debit_account_id, hold.credit_account_id)
    INNER JOIN ledger.hold_endings AS ending ON hold.id = ending.hold_id AND ending.kind = 'settled'
    WHERE
        NOT EXISTS (
            SELECT
            FROM ledger.journals AS journal
            INNER JOIN ledger.entries AS moved ON journal.id = moved.journal_id
            WHERE
                journal.organization_id = hold.organization_id
                AND journal.idempotency_key = ending.journal_key
                AND journal.line_count = 2
                AND moved.account_id = account.id
                AND (moved.side = 'DEBIT') = (account.id = hold.debit_account_id)
                AND moved.amount <= hold.amount
        )

    UNION ALL

    SELECT
        account.id,
        account.public_id AS broken_account_id,
        account.version,
        format('hold %s, or its ending, is not in the chain', hold.public_id) AS problem
    FROM ledger.asked_accounts(broken_holds.organization_id, broken_holds.account_id) AS account
    INNER JOIN ledger.holds AS hold
        ON account.id IN (hold.debit_account_id, hold.credit_account_id)
    LEFT JOIN ledger.hold_endings AS ending ON hold.id = ending.hold_id
    WHERE
        (
            SELECT count(*)
            FROM ledger.hold_links AS link
            WHERE link.hold_id = hold.id AND link.account_id = account.id
        ) <> CASE WHEN ending.hold_id IS NULL THEN 1 ELSE 2 END;
END;

COMMENT ON FUNCTION ledger.broken_holds(bigint, text)
IS $comment$Accounts in which more or less is pending, settled or chained than their holds say.

Of one account, one book, or (NULL) everything. Private to verify().$comment$;

COMMIT;
