-- Deploy pgtill:schemas/ledger to pg
-- requires: roles/pgtill_owner
-- requires: roles/pgtill_service
-- requires: roles/pgtill_operator
-- requires: roles/pgtill_auditor

BEGIN;

CREATE SCHEMA ledger AUTHORIZATION pgtill_owner;
GRANT USAGE ON SCHEMA ledger TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMENT ON SCHEMA ledger
IS 'Double-entry books, one an organization: accounts, journals, entries, holds.';

COMMIT;
