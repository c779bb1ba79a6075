-- Revert pgtill:functions/paths/class_pointer from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.class_pointer(text, text);

COMMIT;
