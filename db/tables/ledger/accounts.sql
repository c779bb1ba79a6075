-- Deploy pgtill:tables/ledger/accounts to pg
-- requires: tables/ledger/currencies
-- requires: types/ledger/side
-- requires: types/ledger/account_type
-- requires: tables/identity/organizations

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE ledger.accounts (
    id bigint GENERATED ALWAYS AS IDENTITY,
    public_id text COLLATE "C" NOT NULL DEFAULT identity.random_id('acc_'),
    organization_id bigint NOT NULL,
    name text COLLATE "C" NOT NULL,
    type ledger.account_type NOT NULL,
    normal_side ledger.side NOT NULL
    GENERATED ALWAYS AS (
        CASE WHEN type <= 'expense' THEN 'DEBIT'::ledger.side ELSE 'CREDIT' END
    ) STORED,
    currency text COLLATE "C" NOT NULL,
    floor numeric(78, 0),
    ceiling numeric(78, 0),
    balance numeric(78, 0) NOT NULL DEFAULT 0,
    pending_out numeric(78, 0) NOT NULL DEFAULT 0,
    pending_in numeric(78, 0) NOT NULL DEFAULT 0,
    version bigint NOT NULL DEFAULT 0,
    posted_at timestamptz,
    chain_hash bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT accounts_pk PRIMARY KEY (id),
    CONSTRAINT accounts_public_id_unique UNIQUE (public_id),
    CONSTRAINT accounts_public_id_shape
    CHECK (public_id ~ '^acc_[0-9a-f]*$' AND length(public_id) = 28),
    CONSTRAINT accounts_organization_fk
    FOREIGN KEY (organization_id) REFERENCES identity.organizations (id),
    CONSTRAINT accounts_name_unique UNIQUE (organization_id, name, currency),
    CONSTRAINT accounts_name_shape
    CHECK (name ~ '^[A-Za-z0-9_.-]+(:[A-Za-z0-9_.-]+)*$' AND length(name) <= 200),
    CONSTRAINT accounts_currency_fk FOREIGN KEY (currency) REFERENCES ledger.currencies (code),
    CONSTRAINT accounts_currency_unique UNIQUE (id, organization_id, currency),
    -- To numeric, NaN is greater than every number: as a floor, no balance keeps it.
    CONSTRAINT accounts_ceiling_number CHECK (ceiling <> 'NaN'),
    CONSTRAINT accounts_floor_kept CHECK (balance - pending_out >= floor),
    CONSTRAINT accounts_ceiling_kept CHECK (balance + pending_in <= ceiling),
    CONSTRAINT accounts_pending_positive CHECK (pending_out >= 0 AND pending_in >= 0)
)
-- Room on each page for the next version of its rows: a balance moves with every posting.
WITH (fillfactor = 50);

CREATE INDEX accounts_currency_idx ON ledger.accounts (currency);

COMMENT ON TABLE ledger.accounts
IS 'Accounts, and where each stands. Only its entries and holds move it; nothing else changes.';
COMMENT ON COLUMN ledger.accounts.id
IS 'Key inside the database, and the order in which accounts are locked; never shown.';
COMMENT ON COLUMN ledger.accounts.public_id
IS 'Id outside: acc_ and 24 lower hex digits.';
COMMENT ON COLUMN ledger.accounts.organization_id
IS 'Whose book it is in.';
COMMENT ON COLUMN ledger.accounts.name
IS 'Path-like, such as merchant_balance:m_1; unique in the book for each currency.';
COMMENT ON COLUMN ledger.accounts.type
IS 'asset, expense, liability, revenue or equity.';
COMMENT ON COLUMN ledger.accounts.normal_side
IS 'The side that increases it: DEBIT for assets and expenses, CREDIT for the others.';
COMMENT ON COLUMN ledger.accounts.currency
IS 'The only currency of its entries.';
COMMENT ON COLUMN ledger.accounts.floor
IS 'What balance less pending_out may not fall below; NULL: no limit. Never changes.';
COMMENT ON COLUMN ledger.accounts.ceiling
IS 'What balance and pending_in may not rise above; NULL: no limit. Never changes.';
COMMENT ON COLUMN ledger.accounts.balance
IS 'Posted, in the smallest unit, positive on the normal side: balance_after of the last entry.';
COMMENT ON COLUMN ledger.accounts.pending_out
IS 'What open holds would take off the balance.';
COMMENT ON COLUMN ledger.accounts.pending_in
IS 'What open holds would add to the balance.';
COMMENT ON COLUMN ledger.accounts.version
IS 'How many entries it has; the version of the last one.';
COMMENT ON COLUMN ledger.accounts.posted_at
IS 'recorded_at of the last entry; NULL without one.';
COMMENT ON COLUMN ledger.accounts.chain_hash
IS $comment$chain_hash of the last entry or hold; without one, SHA-256 of what the account is.

See begin_chain().$comment$;
COMMENT ON COLUMN ledger.accounts.created_at
IS 'When it was opened.';

COMMIT;
