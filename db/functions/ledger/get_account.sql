-- Deploy pgtill:functions/ledger/get_account to pg
-- requires: tables/ledger/accounts

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.get_account(organization_id bigint, account_id text)
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
        account.public_id = get_account.account_id
        AND account.organization_id = get_account.organization_id;
END;

COMMENT ON FUNCTION ledger.get_account(bigint, text)
IS $comment$One account of a book, and where it stands; no row: the book has no such account.

balance is positive on the normal side; available is what is left of it when all holds settle.$comment$;

GRANT EXECUTE ON FUNCTION ledger.get_account(bigint, text)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
