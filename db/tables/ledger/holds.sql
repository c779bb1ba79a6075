-- Deploy pgtill:tables/ledger/holds to pg
-- requires: functions/ledger/refuse_change

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE ledger.holds (
    id bigint GENERATED ALWAYS AS IDENTITY,
    public_id text COLLATE "C" NOT NULL DEFAULT identity.random_id('hold_'),
    organization_id bigint NOT NULL,
    idempotency_key text COLLATE "C" NOT NULL,
    request_hash bytea NOT NULL,
    debit_account_id bigint NOT NULL,
    credit_account_id bigint NOT NULL,
    currency text COLLATE "C" NOT NULL,
    amount numeric(78, 0) NOT NULL,
    reason text NOT NULL,
    actor text NOT NULL,
    payment_reference text COLLATE "C",
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT holds_pk PRIMARY KEY (id),
    CONSTRAINT holds_expires_at_unique UNIQUE (id, expires_at),
    CONSTRAINT holds_public_id_unique UNIQUE (public_id),
    CONSTRAINT holds_idempotency_key_unique UNIQUE (organization_id, idempotency_key),
    CONSTRAINT holds_idempotency_key_shape
    CHECK (idempotency_key ~ '^[A-Za-z0-9_-]+$' AND length(idempotency_key) <= 256),
    CONSTRAINT holds_request_hash_length CHECK (octet_length(request_hash) = 32),
    CONSTRAINT holds_debit_account_fk FOREIGN KEY (debit_account_id, organization_id, currency)
    REFERENCES ledger.accounts (id, organization_id, currency),
    CONSTRAINT holds_credit_account_fk FOREIGN KEY (credit_account_id, organization_id, currency)
    REFERENCES ledger.accounts (id, organization_id, currency),
    CONSTRAINT holds_accounts_differ CHECK (debit_account_id <> credit_account_id),
    -- To numeric, NaN is greater than every number.
    CONSTRAINT holds_amount_positive CHECK (amount > 0 AND amount <> 'NaN'),
    CONSTRAINT holds_reason_length CHECK (length(reason) BETWEEN 1 AND 500),
    CONSTRAINT holds_actor_length CHECK (length(actor) BETWEEN 1 AND 200),
    CONSTRAINT holds_payment_reference_length CHECK (length(payment_reference) BETWEEN 1 AND 200),
    CONSTRAINT holds_expires_later CHECK (expires_at > created_at),
    -- As journals_event_at_range.
    CONSTRAINT holds_expires_at_range CHECK (expires_at <= '9999-12-31T23:59:59.999999Z')
);

CREATE INDEX holds_debit_account_idx ON ledger.holds (debit_account_id);
CREATE INDEX holds_credit_account_idx ON ledger.holds (credit_account_id);

COMMENT ON TABLE ledger.holds
IS 'Transfers that are promised: they count against limits, not in balances. Append-only.';
COMMENT ON COLUMN ledger.holds.id
IS 'Key inside the database; never shown.';
COMMENT ON COLUMN ledger.holds.public_id
IS 'Id outside: hold_ and 24 lower hex digits.';
COMMENT ON COLUMN ledger.holds.organization_id
IS 'Whose book it is in.';
COMMENT ON COLUMN ledger.holds.idempotency_key
IS 'Names the request; holds once an organization.';
COMMENT ON COLUMN ledger.holds.request_hash
IS 'SHA-256 of the request: a replay has the same, a conflict another.';
COMMENT ON COLUMN ledger.holds.debit_account_id
IS 'Account that a settlement debits.';
COMMENT ON COLUMN ledger.holds.credit_account_id
IS 'Account that a settlement credits.';
COMMENT ON COLUMN ledger.holds.currency
IS 'Of both accounts.';
COMMENT ON COLUMN ledger.holds.amount
IS 'The most that can settle, in the smallest unit.';
COMMENT ON COLUMN ledger.holds.reason
IS 'Why, for people.';
COMMENT ON COLUMN ledger.holds.actor
IS 'Who asked for it.';
COMMENT ON COLUMN ledger.holds.payment_reference
IS 'The payment it belongs to; NULL: none.';
COMMENT ON COLUMN ledger.holds.expires_at
IS 'From then on it cannot settle, and expire_holds() ends it.';
COMMENT ON COLUMN ledger.holds.created_at
IS 'When it was made.';

CREATE OR REPLACE TRIGGER holds_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.holds
FOR EACH STATEMENT
EXECUTE FUNCTION ledger.refuse_change();

ALTER TABLE ledger.holds ENABLE ALWAYS TRIGGER holds_append_only;

COMMIT;
