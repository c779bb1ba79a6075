-- Deploy pgtill:functions/ledger/entry_image to pg
-- requires: tables/ledger/entries

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.entry_image(entry ledger.entries, journal_image bytea)
RETURNS bytea
LANGUAGE sql
STABLE
PARALLEL SAFE
RETURN record_send(
    row(
        (entry).journal_id,
        (entry).line,
        (entry).account_id,
        -- An enum's number differs from database to database.
        ((entry).side)::text,
        (entry).amount,
        (entry).version,
        (entry).balance_after,
        journal_image
    )
);

COMMENT ON FUNCTION ledger.entry_image(ledger.entries, bytea)
IS $comment$The bytes of an entry that its account's chain_hash is over.

PostgreSQL's binary form of a row: of each column the type, the length and the value, so that no two
entries have one image, whatever the settings of the session. Line 1 carries its journal's image.$comment$;

COMMIT;
