-- Revert pgtill:functions/ledger/entry_image from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.entry_image(ledger.entries, bytea);

COMMIT;
