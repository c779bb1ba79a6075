-- Revert pgtill:functions/paths/try_batch from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.try_batch(bigint, text, text, text, integer, jsonb, boolean, boolean);

COMMIT;
