-- Revert pgtill:functions/ledger/broken_links from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.broken_links(bigint, text);

COMMIT;
