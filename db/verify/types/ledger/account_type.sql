-- Verify pgtill:types/ledger/account_type on pg

BEGIN;

DO $do$
BEGIN
    IF enum_range(NULL::ledger.account_type)::text[] <> ARRAY['asset', 'expense', 'liability', 'revenue', 'equity'] THEN
        RAISE EXCEPTION 'ledger.account_type has other labels';
    END IF;
END
$do$;

ROLLBACK;
