-- Deploy pgtill:functions/ledger/list_accounts to pg
-- requires: tables/ledger/accounts

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.list_accounts(
    organization_id bigint,
    after_account_id text,
    page_size integer,
    name_prefix text DEFAULT NULL
)
RETURNS TABLE (
    account_id text,
    name text,
    type text,
    normal_side text,
    currency text,
    exponent integer,
    floor numeric,
    ceiling numeric,
    balance numeric,
    pending_out numeric,
    pending_in numeric,
    available numeric,
    version bigint,
    created_at timestamptz
)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT
        account.public_id AS account_id,
        account.name,
        account.type::text AS type,
        account.normal_side::text AS normal_side,
        account.currency,
        currency.exponent,
        account.floor,
        account.ceiling,
        account.balance,
        account.pending_out,
        account.pending_in,
        account.balance - account.pending_out AS available,
        account.version,
        account.created_at
    FROM ledger.accounts AS account
    INNER JOIN ledger.currencies AS currency ON account.currency = currency.code
    WHERE
        account.organization_id = list_accounts.organization_id
        AND (
            list_accounts.name_prefix IS NULL
            OR starts_with(account.name, list_accounts.name_prefix)
        )
        AND (
            list_accounts.after_account_id IS NULL
            OR (account.name, account.currency) > (
                SELECT
                    before.name,
                    before.currency
                FROM ledger.accounts AS before
                WHERE
                    before.public_id = list_accounts.after_account_id
                    AND before.organization_id = list_accounts.organization_id
            )
        )
    ORDER BY account.name, account.currency
    LIMIT list_accounts.page_size;
END;

COMMENT ON FUNCTION ledger.list_accounts(bigint, text, integer, text)
IS $comment$Accounts of a book by name and currency, after after_account_id; NULL: from the first.

name_prefix keeps those whose name begins so. See get_account() for the columns.$comment$;

GRANT EXECUTE ON FUNCTION ledger.list_accounts(bigint, text, integer, text)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
