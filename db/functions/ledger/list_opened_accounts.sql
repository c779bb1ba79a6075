-- Deploy pgtill:functions/ledger/list_opened_accounts to pg
-- requires: tables/ledger/accounts

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.list_opened_accounts(
    organization_ids text[], account_ids text[]
)
RETURNS TABLE (
    answer_position bigint,
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
-- A thousand accounts of millions: found by their index, whatever the planner thinks of arrays.
SET enable_seqscan = off
BEGIN ATOMIC
    SELECT
        asked.answer_position,
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
    FROM
        unnest(list_opened_accounts.organization_ids, list_opened_accounts.account_ids)
        WITH ORDINALITY AS asked (organization_id, account_id, answer_position)
    INNER JOIN identity.organizations AS tenant ON asked.organization_id = tenant.public_id
    INNER JOIN ledger.accounts AS account
        ON
            tenant.id = account.organization_id
            AND asked.account_id = account.public_id
    INNER JOIN ledger.currencies AS currency ON account.currency = currency.code
    ORDER BY asked.answer_position;
END;

COMMENT ON FUNCTION ledger.list_opened_accounts(text[], text[])
IS
$comment$Answer how accounts (acc_...) of organizations (org_...) stand.

A row for each that the organization has, in the order asked; none for the others.$comment$;

GRANT EXECUTE
ON FUNCTION ledger.list_opened_accounts(text[], text[])
TO pgtill_operator, pgtill_auditor;

COMMIT;
