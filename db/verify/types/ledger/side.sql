-- Verify pgtill:types/ledger/side on pg

BEGIN;

DO $do$
BEGIN
    IF enum_range(NULL::ledger.side)::text[] <> ARRAY['DEBIT', 'CREDIT'] THEN
        RAISE EXCEPTION 'ledger.side has other labels';
    END IF;
END
$do$;

ROLLBACK;
