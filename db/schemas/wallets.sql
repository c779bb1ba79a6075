-- Deploy pgtill:schemas/wallets to pg
-- requires: roles/pgtill_owner
-- requires: roles/pgtill_service
-- requires: roles/pgtill_operator
-- requires: roles/pgtill_auditor

BEGIN;

CREATE SCHEMA wallets AUTHORIZATION pgtill_owner;
GRANT USAGE ON SCHEMA wallets TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMENT ON SCHEMA wallets
IS 'Users'' wallets at payment providers: registered once, and every change audited.';

COMMIT;
