-- Verify pgtill:roles/pgtill_operator on pg

BEGIN;

-- Division by zero says that the role is missing, or is not as it should be.
SELECT 1 / count(*)
FROM pg_roles AS role
WHERE
    role.rolname = 'pgtill_operator'
    AND role.rolcanlogin
    AND NOT role.rolsuper
    AND NOT role.rolcreaterole
    AND NOT role.rolcreatedb
    AND NOT role.rolbypassrls
    AND role.rolconfig @> ARRAY['synchronous_commit=remote_apply']
    AND role.rolconfig @> ARRAY['lock_timeout=5s'];

ROLLBACK;
