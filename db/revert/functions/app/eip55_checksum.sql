-- Revert pgtill:functions/app/eip55_checksum from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION app.eip55_checksum(text);

COMMIT;
