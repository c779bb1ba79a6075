-- Deploy pgtill:functions/app/list_issued_addresses to pg
-- requires: tables/app/payment_requests

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.list_issued_addresses(
    wallet_account_id text,
    first_index bigint,
    max_count integer
)
RETURNS TABLE (derivation_indexes bigint[], addresses text[])
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT
        array_agg(issued.derivation_index ORDER BY issued.derivation_index) AS derivation_indexes,
        array_agg(issued.address_canonical ORDER BY issued.derivation_index) AS addresses
    FROM (
        SELECT
            request.derivation_index,
            request.address_canonical
        FROM app.payment_requests AS request
        WHERE
            request.wallet_account_id = list_issued_addresses.wallet_account_id
            AND request.derivation_index >= list_issued_addresses.first_index
        ORDER BY request.derivation_index
        LIMIT list_issued_addresses.max_count
    ) AS issued;
END;

COMMENT ON FUNCTION app.list_issued_addresses(text, bigint, integer)
IS 'Answer the addresses an account handed out, from an index on, as two arrays; NULLs at the end.';

GRANT EXECUTE ON FUNCTION app.list_issued_addresses(text, bigint, integer)
TO pgtill_operator, pgtill_auditor;

COMMIT;
