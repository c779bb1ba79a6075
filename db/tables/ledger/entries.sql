-- Deploy pgtill:tables/ledger/entries to pg
-- requires: tables/ledger/journals

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE ledger.entries (
    journal_id bigint NOT NULL,
    line smallint NOT NULL,
    line_count smallint NOT NULL,
    organization_id bigint NOT NULL,
    recorded_at timestamptz NOT NULL,
    account_id bigint NOT NULL,
    currency text COLLATE "C" NOT NULL,
    side ledger.side NOT NULL,
    amount numeric(78, 0) NOT NULL,
    version bigint NOT NULL,
    balance_after numeric(80, 0) NOT NULL,
    chain_hash bytea,

    CONSTRAINT entries_pk PRIMARY KEY (journal_id, line),
    CONSTRAINT entries_journal_fk FOREIGN KEY (journal_id, organization_id, recorded_at, line_count)
    REFERENCES ledger.journals (id, organization_id, recorded_at, line_count),
    CONSTRAINT entries_line_range CHECK (line BETWEEN 1 AND line_count),
    CONSTRAINT entries_account_fk FOREIGN KEY (account_id, organization_id, currency)
    REFERENCES ledger.accounts (id, organization_id, currency),
    -- To numeric, NaN is greater than every number.
    CONSTRAINT entries_amount_positive CHECK (amount > 0 AND amount <> 'NaN'),
    CONSTRAINT entries_version_unique UNIQUE (account_id, version),
    CONSTRAINT entries_version_positive CHECK (version > 0),
    CONSTRAINT entries_chain_hash_length CHECK (octet_length(chain_hash) = 32)
);

COMMENT ON TABLE ledger.entries
IS 'Lines of journals, and histories of accounts: versions 1, 2, 3 … of each, without a hole.';
COMMENT ON COLUMN ledger.entries.journal_id
IS 'Journal it is a line of.';
COMMENT ON COLUMN ledger.entries.line
IS 'Which line: 1 to line_count.';
COMMENT ON COLUMN ledger.entries.line_count
IS 'line_count of the journal.';
COMMENT ON COLUMN ledger.entries.organization_id
IS 'Whose book it is in: the journal''s and the account''s.';
COMMENT ON COLUMN ledger.entries.recorded_at
IS 'recorded_at of the journal; along an account it never goes back.';
COMMENT ON COLUMN ledger.entries.account_id
IS 'Account it stands in.';
COMMENT ON COLUMN ledger.entries.currency
IS 'The account''s.';
COMMENT ON COLUMN ledger.entries.side
IS 'DEBIT or CREDIT.';
COMMENT ON COLUMN ledger.entries.amount
IS 'How much, in the smallest unit; above zero.';
COMMENT ON COLUMN ledger.entries.version
IS 'Place in the account''s history.';
COMMENT ON COLUMN ledger.entries.balance_after
IS $comment$The account's balance with it, positive on the account's normal side.

Two digits more than a balance has: between the lines of one journal it may be beyond.$comment$;
COMMENT ON COLUMN ledger.entries.chain_hash
IS 'SHA-256 of the account''s hash before and its entries since, to this one; NULL between.';

COMMIT;
