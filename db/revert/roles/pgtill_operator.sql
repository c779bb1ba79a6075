-- Revert pgtill:roles/pgtill_operator from pg

BEGIN;

-- Kept: other databases of this cluster may use the role.

COMMIT;
