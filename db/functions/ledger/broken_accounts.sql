-- Deploy pgtill:functions/ledger/broken_accounts to pg
-- requires: tables/ledger/entries

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
    FROM ledger.accounts AS account
    LEFT JOIN LATERAL (
        SELECT entry.*
        FROM ledger.entries AS entry
        WHERE entry.account_id = account.id
        ORDER BY entry.version DESC
        LIMIT 1
    ) AS last ON TRUE
    WHERE
        (
            broken_accounts.organization_id IS NULL
            OR account.organization_id = broken_accounts.organization_id
        )
        AND (broken_accounts.account_id IS NULL OR account.public_id = broken_accounts.account_id)
        AND (account.version, account.balance, account.chain_hash)
        IS DISTINCT FROM (
            coalesce(last.version, 0),
            coalesce(last.balance_after, 0),
            coalesce(last.chain_hash, decode(repeat('00', 32), 'hex'))
        );
END;

COMMENT ON FUNCTION ledger.broken_accounts(bigint, text)
IS $comment$Accounts that do not stand where their last entry says: cutting off a tail shows here.

Of one account, one book, or (NULL) everything. Private to verify().$comment$;

COMMIT;
