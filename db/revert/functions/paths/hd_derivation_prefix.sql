-- Revert pgtill:functions/paths/hd_derivation_prefix from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.hd_derivation_prefix(integer, text);

COMMIT;
