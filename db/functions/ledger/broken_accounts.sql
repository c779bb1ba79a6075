-- Deploy pgtill:functions/ledger/broken_accounts to pg
-- requires: tables/ledger/entries
-- requires: functions/ledger/account_image
-- requires: functions/ledger/asked_accounts

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.broken_accounts(organization_id bigint, account_id text)
RETURNS TABLE (id bigint, broken_account_id text, version bigint, problem text)
LANGUAGE sql
STABLE
BEGIN ATOMIC
    SELECT
        account.id,
        account.public_id AS broken_account_id,
        account.version,
        'the account does not stand where its last entry says' AS problem
    FROM
        ledger.asked_accounts(broken_accounts.organization_id, broken_accounts.account_id)
            AS account
    LEFT JOIN LATERAL (
        SELECT entry.*
        FROM ledger.entries AS entry
        WHERE entry.account_id = account.id
        ORDER BY entry.version DESC
        LIMIT 1
    ) AS last ON TRUE
    WHERE
        (account.version, account.balance, account.posted_at, account.chain_hash)
        IS DISTINCT FROM (
            coalesce(last.version, 0),
            coalesce(last.balance_after, 0),
            last.recorded_at,
            CASE
                WHEN last.version IS NULL THEN sha256(ledger.account_image(account))
                ELSE last.chain_hash
            END
        );
END;

COMMENT ON FUNCTION ledger.broken_accounts(bigint, text)
IS $comment$Accounts that do not stand where their last entry says: cutting off a tail shows here.

One without entries stands where it began: see begin_chain().

Of one account, one book, or (NULL) everything. Private to verify().$comment$;

COMMIT;
