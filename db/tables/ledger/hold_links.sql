-- Deploy pgtill:tables/ledger/hold_links to pg
-- requires: tables/ledger/hold_endings

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE ledger.hold_links (
    account_id bigint NOT NULL,
    place bigint GENERATED ALWAYS AS IDENTITY,
    version bigint NOT NULL,
    hold_id bigint NOT NULL,
    is_ending boolean NOT NULL,
    chain_hash bytea NOT NULL,

    CONSTRAINT hold_links_pk PRIMARY KEY (account_id, place),
    -- The accounts are the hold's, which are there: a key of their own is a third of the cost.
    CONSTRAINT hold_links_hold_unique UNIQUE (hold_id, is_ending, account_id),
    CONSTRAINT hold_links_hold_fk FOREIGN KEY (hold_id) REFERENCES ledger.holds (id),
    CONSTRAINT hold_links_version_positive CHECK (version >= 0),
    CONSTRAINT hold_links_chain_hash_length CHECK (octet_length(chain_hash) = 32)
);

COMMENT ON TABLE ledger.hold_links
IS 'Where holds and their endings stand in the chains of accounts, among entries. Append-only.';
COMMENT ON COLUMN ledger.hold_links.account_id
IS 'In whose chain: of each of the hold''s two accounts.';
COMMENT ON COLUMN ledger.hold_links.place
IS 'Order in the chain among those after one entry; given while the account is locked.';
COMMENT ON COLUMN ledger.hold_links.version
IS 'Version of the entry that it comes after; 0: before the first.';
COMMENT ON COLUMN ledger.hold_links.hold_id
IS 'Which hold.';
COMMENT ON COLUMN ledger.hold_links.is_ending
IS 'Whether it is how the hold ended, rather than the hold.';
COMMENT ON COLUMN ledger.hold_links.chain_hash
IS 'SHA-256 of the account''s hash before and hold_image().';

CREATE OR REPLACE TRIGGER hold_links_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.hold_links
FOR EACH STATEMENT
EXECUTE FUNCTION ledger.refuse_change();

CREATE OR REPLACE TRIGGER hold_links_kept_by_holds
BEFORE INSERT ON ledger.hold_links
FOR EACH STATEMENT
WHEN (pg_trigger_depth() = 0)
EXECUTE FUNCTION ledger.refuse_change();

ALTER TABLE ledger.hold_links ENABLE ALWAYS TRIGGER hold_links_append_only;
ALTER TABLE ledger.hold_links ENABLE ALWAYS TRIGGER hold_links_kept_by_holds;

COMMIT;
