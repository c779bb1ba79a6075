-- Revert pgtill:functions/paths/allocate_batch from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.allocate_batch(bigint, text, text, text, integer, jsonb, boolean);

COMMIT;
