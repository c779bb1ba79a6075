-- Revert pgtill:functions/paths/define_level_value from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.define_level_value(
    bigint, text, text, text, integer, integer, integer, integer, text, text, text, text, boolean
);

COMMIT;
