-- Deploy pgtill:functions/ledger/asked_accounts to pg
-- requires: tables/ledger/accounts

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.asked_accounts(organization_id bigint, account_id text)
RETURNS SETOF ledger.accounts
LANGUAGE sql
STABLE
BEGIN ATOMIC
    SELECT account.*
    FROM ledger.accounts AS account
    WHERE
        (
            asked_accounts.organization_id IS NULL
            OR account.organization_id = asked_accounts.organization_id
        )
        AND (asked_accounts.account_id IS NULL OR account.public_id = asked_accounts.account_id);
END;

COMMENT ON FUNCTION ledger.asked_accounts(bigint, text)
IS $comment$The accounts that verify() is asked about: one, of one book, or (NULL) all.

Private to the functions that look for what is broken.$comment$;

COMMIT;
