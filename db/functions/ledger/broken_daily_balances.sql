-- Deploy pgtill:functions/ledger/broken_daily_balances to pg
-- requires: tables/ledger/daily_balances
-- requires: functions/ledger/asked_accounts

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.broken_daily_balances(organization_id bigint, account_id text)
RETURNS TABLE (id bigint, broken_account_id text, version bigint, problem text)
LANGUAGE sql
STABLE
BEGIN ATOMIC
    SELECT
        account.id,
        account.public_id AS broken_account_id,
        closing.version,
        format(
            'the balance kept for %s is not what its entries say',
            to_char(closing.day, 'YYYY-MM-DD')
        ) AS problem
    FROM
        ledger.asked_accounts(
            broken_daily_balances.organization_id, broken_daily_balances.account_id
        ) AS account
    INNER JOIN ledger.daily_balances AS closing ON account.id = closing.account_id
    LEFT JOIN ledger.entries AS entry
        ON closing.account_id = entry.account_id AND closing.version = entry.version
    LEFT JOIN ledger.entries AS later
        ON closing.account_id = later.account_id AND closing.version + 1 = later.version
    WHERE
        closing.balance IS DISTINCT FROM entry.balance_after
        OR (entry.recorded_at AT TIME ZONE 'UTC')::date > closing.day
        OR (later.recorded_at AT TIME ZONE 'UTC')::date <= closing.day;
END;

COMMENT ON FUNCTION ledger.broken_daily_balances(bigint, text)
IS $comment$Balances kept of a day that are not its last entry's: the past would be read wrong.

Of one account, one book, or (NULL) everything. Private to verify().$comment$;

COMMIT;
