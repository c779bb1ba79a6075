-- Verify pgtill:roles/pgtill_auditor on pg

BEGIN;

-- Division by zero says that the role is missing, or is not as it should be.
SELECT 1 / count(*)
FROM pg_roles AS role
WHERE
    role.rolname = 'pgtill_auditor'
    AND role.rolcanlogin
    AND NOT role.rolsuper
    AND NOT role.rolcreaterole
    AND NOT role.rolcreatedb
    AND NOT role.rolbypassrls
    AND role.rolconfig @> ARRAY['default_transaction_read_only=on'];

ROLLBACK;
