-- Revert pgtill:functions/paths/from_base58 from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.from_base58(text, boolean);

COMMIT;
