-- Revert pgtill:roles/pgtill_owner from pg

BEGIN;

-- Kept: other databases of this cluster may use the role.
ALTER DEFAULT PRIVILEGES FOR ROLE pgtill_owner GRANT EXECUTE ON FUNCTIONS TO public;

COMMIT;
