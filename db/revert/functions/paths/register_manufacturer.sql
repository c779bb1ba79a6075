-- Revert pgtill:functions/paths/register_manufacturer from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.register_manufacturer(
    bigint, text, text, text, integer, text, integer, text, text
);

COMMIT;
