-- Deploy pgtill:functions/ledger/list_books to pg
-- requires: tables/ledger/accounts

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.list_books()
RETURNS TABLE (organization_id bigint, public_id text, name text, account_count bigint)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT
        organization.id AS organization_id,
        organization.public_id,
        organization.name,
        (
            SELECT count(*)
            FROM ledger.accounts AS account
            WHERE account.organization_id = organization.id
        ) AS account_count
    FROM identity.organizations AS organization
    ORDER BY organization.name COLLATE pg_catalog."C";
END;

COMMENT ON FUNCTION ledger.list_books()
IS 'Answer the book of every organization with the number of its accounts, by name.';

GRANT EXECUTE ON FUNCTION ledger.list_books() TO pgtill_operator, pgtill_auditor;

COMMIT;
