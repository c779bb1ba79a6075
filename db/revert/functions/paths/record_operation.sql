-- Revert pgtill:functions/paths/record_operation from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.record_operation(text, bigint, bigint, text, text, integer, text, jsonb);

COMMIT;
