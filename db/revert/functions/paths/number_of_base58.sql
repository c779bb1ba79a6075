-- Revert pgtill:functions/paths/number_of_base58 from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.number_of_base58(text);

COMMIT;
