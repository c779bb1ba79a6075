-- Deploy pgtill:functions/ledger/broken_accounts to pg
-- requires: tables/ledger/entries
-- requires: tables/ledger/hold_links
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
    LEFT JOIN LATERAL (
        SELECT link.*
        FROM ledger.hold_links AS link
        WHERE link.account_id = account.id
        ORDER BY link.place DESC
        LIMIT 1
    ) AS held ON coalesce(last.version, 0) <= held.version
    WHERE
        (account.version, account.balance, account.posted_at, account.chain_hash)
        IS DISTINCT FROM (
            coalesce(last.version, 0),
            coalesce(last.balance_after, 0),
            last.recorded_at,
            CASE
                WHEN held.place IS NOT NULL THEN held.chain_hash
                WHEN last.version IS NOT NULL THEN last.chain_hash
                ELSE sha256(ledger.account_image(account))
            END
        );
END;

COMMENT ON FUNCTION ledger.broken_accounts(bigint, text)
IS $comment$Accounts that do not stand where their last entry says: cutting off a tail shows here.

Its hash is that of the last entry, or of a hold since; with neither, what it began with: see begin_chain().

Of one account, one book, or (NULL) everything. Private to verify().$comment$;

COMMIT;
