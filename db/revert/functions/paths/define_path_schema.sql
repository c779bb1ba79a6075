-- Revert pgtill:functions/paths/define_path_schema from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.define_path_schema(
    bigint, text, text, text, integer, integer, integer, text, text, text, boolean, integer
);

COMMIT;
