-- Revert pgtill:functions/app/keccak256 from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION app.keccak256(bytea);

COMMIT;
