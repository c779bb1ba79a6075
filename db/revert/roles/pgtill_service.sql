-- Revert pgtill:roles/pgtill_service from pg

BEGIN;

-- Kept: other databases of this cluster may use the role.

COMMIT;
