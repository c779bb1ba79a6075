-- Revert pgtill:functions/paths/transfer_manufacturer from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.transfer_manufacturer(
    bigint, text, text, text, integer, integer, integer, text
);

COMMIT;
