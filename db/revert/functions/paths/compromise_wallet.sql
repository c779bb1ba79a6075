-- Revert pgtill:functions/paths/compromise_wallet from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.compromise_wallet(integer, text, text, text, bigint);

COMMIT;
