-- Deploy pgtill:functions/ledger/list_chart to pg
-- requires: tables/ledger/chart_of_accounts

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.list_chart()
RETURNS TABLE (name text, type text, suffix text, is_covered boolean, description text)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT
        chart.name,
        chart.type::text AS type,
        chart.suffix,
        chart.is_covered,
        chart.description
    FROM ledger.chart_of_accounts AS chart
    ORDER BY chart.type, chart.name;
END;

COMMENT ON FUNCTION ledger.list_chart()
IS 'The chart of accounts by type and name: see the columns of ledger.chart_of_accounts.';

GRANT EXECUTE ON FUNCTION ledger.list_chart() TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
