-- Deploy pgtill:functions/ledger/list_currencies to pg
-- requires: tables/ledger/currencies

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.list_currencies()
RETURNS TABLE (code text, exponent integer, name text, kind text)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT
        currency.code,
        currency.exponent,
        currency.name,
        currency.kind
    FROM ledger.currencies AS currency
    ORDER BY currency.code;
END;

COMMENT ON FUNCTION ledger.list_currencies()
IS 'What books may be kept in, by code: see the columns of ledger.currencies.';

GRANT EXECUTE ON FUNCTION ledger.list_currencies() TO pgtill_service,
pgtill_operator,
pgtill_auditor;

COMMIT;
