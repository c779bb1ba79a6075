-- Deploy pgtill:schemas/paths to pg
-- requires: roles/pgtill_owner
-- requires: roles/pgtill_service
-- requires: roles/pgtill_operator
-- requires: roles/pgtill_auditor

BEGIN;

CREATE SCHEMA paths AUTHORIZATION pgtill_owner;
GRANT USAGE ON SCHEMA paths TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMENT ON SCHEMA paths
IS 'HD path registry: wallet versions, manufacturers, and paths of which no two name one thing.';

COMMIT;
