-- Deploy pgtill:schemas/identity to pg
-- requires: roles/pgtill_owner
-- requires: roles/pgtill_service
-- requires: roles/pgtill_operator
-- requires: roles/pgtill_auditor

BEGIN;

CREATE SCHEMA identity AUTHORIZATION pgtill_owner;
GRANT USAGE ON SCHEMA identity TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMENT ON SCHEMA identity
IS 'Who may ask: organizations (a merchant is one), their users and their API keys.';

COMMIT;
