-- Deploy pgtill:tables/ledger/chart_of_accounts to pg
-- requires: functions/ledger/refuse_change
-- requires: types/ledger/account_type

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE ledger.chart_of_accounts (
    name text COLLATE "C" NOT NULL,
    type ledger.account_type NOT NULL,
    suffix text,
    is_covered boolean NOT NULL,
    description text NOT NULL,

    CONSTRAINT chart_of_accounts_pk PRIMARY KEY (name),
    CONSTRAINT chart_of_accounts_name_shape CHECK (name ~ '^[a-z_]+$'),
    CONSTRAINT chart_of_accounts_suffix_known CHECK (suffix IN ('payment', 'merchant', 'psp')),
    CONSTRAINT chart_of_accounts_description_length CHECK (length(description) BETWEEN 1 AND 200)
);

COMMENT ON TABLE ledger.chart_of_accounts
IS 'Accounts that the events of a payment are booked in; book_event() opens them when needed.';
COMMENT ON COLUMN ledger.chart_of_accounts.name
IS 'First part of the name of the account.';
COMMENT ON COLUMN ledger.chart_of_accounts.type
IS 'Type of the account.';
COMMENT ON COLUMN ledger.chart_of_accounts.suffix
IS 'Of what there is an account each: payment, merchant or psp; NULL: one in the book.';
COMMENT ON COLUMN ledger.chart_of_accounts.is_covered
IS 'Whether of a payment never more leaves it than came in; book_event() refuses what would.';
COMMENT ON COLUMN ledger.chart_of_accounts.description
IS 'What it holds.';

CREATE OR REPLACE TRIGGER chart_of_accounts_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.chart_of_accounts
FOR EACH STATEMENT
EXECUTE FUNCTION ledger.refuse_change();

ALTER TABLE ledger.chart_of_accounts ENABLE ALWAYS TRIGGER chart_of_accounts_append_only;

COMMIT;
