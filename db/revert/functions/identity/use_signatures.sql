-- Revert pgtill:functions/identity/use_signatures from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION identity.use_signatures(bytea[], timestamp with time zone[]);

COMMIT;
