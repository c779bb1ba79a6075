-- Revert pgtill:functions/paths/transfer_payload from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.transfer_payload(paths.transfers);

COMMIT;
