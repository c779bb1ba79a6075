-- Deploy pgtill:types/ledger/side to pg
-- requires: schemas/ledger

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TYPE ledger.side AS ENUM ('DEBIT', 'CREDIT');

COMMENT ON TYPE ledger.side
IS 'Side of an entry. An amount is positive; its side says where it stands.';

COMMIT;
