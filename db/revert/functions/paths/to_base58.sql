-- Revert pgtill:functions/paths/to_base58 from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.to_base58(text, integer);

COMMIT;
