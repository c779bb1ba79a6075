-- Deploy pgtill:types/ledger/account_type to pg
-- requires: schemas/ledger

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TYPE ledger.account_type AS ENUM ('asset', 'expense', 'liability', 'revenue', 'equity');

COMMENT ON TYPE ledger.account_type
IS 'What an account is. Debits increase assets and expenses, credits the others.';

COMMIT;
