-- Revert pgtill:functions/ledger/write_journals from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.write_journals(
    ledger.journals[], ledger.entries[], integer[], bigint[], bytea[]
);

COMMIT;
