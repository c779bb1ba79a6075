-- Deploy pgtill:schemas/app to pg
-- requires: roles/pgtill_owner
-- requires: roles/pgtill_service
-- requires: roles/pgtill_operator
-- requires: roles/pgtill_auditor

BEGIN;

CREATE SCHEMA app AUTHORIZATION pgtill_owner;
GRANT USAGE ON SCHEMA app TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMENT ON SCHEMA app
IS 'Payment requests: wallets and their cursors, the asset catalog, addresses handed out.';

COMMIT;
