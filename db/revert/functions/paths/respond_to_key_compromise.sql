-- Revert pgtill:functions/paths/respond_to_key_compromise from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.respond_to_key_compromise(
    bigint, text, text, text, integer, text, text, text, boolean
);

COMMIT;
