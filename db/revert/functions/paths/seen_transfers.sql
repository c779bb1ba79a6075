-- Revert pgtill:functions/paths/seen_transfers from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.seen_transfers(bigint, text);

COMMIT;
