-- Deploy pgtill:tables/ledger/journals to pg
-- requires: tables/ledger/accounts

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE ledger.journals (
    id bigint GENERATED ALWAYS AS IDENTITY,
    public_id text COLLATE "C" NOT NULL,
    organization_id bigint NOT NULL,
    idempotency_key text COLLATE "C" NOT NULL,
    request_hash bytea NOT NULL,
    reason text NOT NULL,
    actor text NOT NULL,
    event_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    payment_reference text COLLATE "C",
    reverses bigint,
    line_count smallint NOT NULL,

    CONSTRAINT journals_pk PRIMARY KEY (id),
    CONSTRAINT journals_entries_unique UNIQUE (id, organization_id, recorded_at, line_count),
    CONSTRAINT journals_public_id_unique UNIQUE (public_id),
    CONSTRAINT journals_public_id_shape
    CHECK (public_id ~ '^jrn_[0-9a-f]*$' AND length(public_id) = 28),
    CONSTRAINT journals_idempotency_key_unique UNIQUE (organization_id, idempotency_key),
    CONSTRAINT journals_idempotency_key_shape
    CHECK (idempotency_key ~ '^[A-Za-z0-9_-]+$' AND length(idempotency_key) <= 256),
    CONSTRAINT journals_request_hash_length CHECK (octet_length(request_hash) = 32),
    CONSTRAINT journals_reason_length CHECK (length(reason) BETWEEN 1 AND 500),
    CONSTRAINT journals_actor_length CHECK (length(actor) BETWEEN 1 AND 200),
    -- What ISO 8601 and Python have a year for: another one could be written and not be read.
    CONSTRAINT journals_event_at_range
    CHECK (event_at BETWEEN '0001-01-01T00:00:00Z' AND '9999-12-31T23:59:59.999999Z'),
    CONSTRAINT journals_payment_reference_length
    CHECK (length(payment_reference) BETWEEN 1 AND 200),
    CONSTRAINT journals_line_count_range CHECK (line_count BETWEEN 2 AND 100),
    CONSTRAINT journals_reverses_fk FOREIGN KEY (reverses) REFERENCES ledger.journals (id),
    CONSTRAINT journals_reverses_earlier CHECK (reverses < id)
);

CREATE UNIQUE INDEX journals_reverses_unique ON ledger.journals (reverses)
WHERE reverses IS NOT NULL;
CREATE INDEX journals_recorded_idx ON ledger.journals (organization_id, recorded_at, id);
CREATE INDEX journals_payment_reference_idx
ON ledger.journals (organization_id, payment_reference, id)
WHERE payment_reference IS NOT NULL;

COMMENT ON TABLE ledger.journals
IS 'What happened, as balanced entries. Append-only: corrections are reversing journals.';
COMMENT ON COLUMN ledger.journals.id
IS 'Key inside the database; never shown.';
COMMENT ON COLUMN ledger.journals.public_id
IS 'Id outside: jrn_ and 24 lower hex digits, in order of time.';
COMMENT ON COLUMN ledger.journals.organization_id
IS 'Whose book it is in: that of the accounts of its entries, see entries_journal_fk.';
COMMENT ON COLUMN ledger.journals.idempotency_key
IS 'Names the request; posts once an organization.';
COMMENT ON COLUMN ledger.journals.request_hash
IS 'SHA-256 of the request: a replay has the same, a conflict another.';
COMMENT ON COLUMN ledger.journals.reason
IS 'Why, for people.';
COMMENT ON COLUMN ledger.journals.actor
IS 'Who asked for it.';
COMMENT ON COLUMN ledger.journals.event_at
IS 'When it happened outside.';
COMMENT ON COLUMN ledger.journals.recorded_at
IS 'When the books learnt of it; never earlier than what its accounts know already.';
COMMENT ON COLUMN ledger.journals.payment_reference
IS 'The payment it belongs to, in the words of whoever keeps payments; NULL: none.';
COMMENT ON COLUMN ledger.journals.reverses
IS 'The journal whose entries it takes back, which happens at most once; NULL: none.';
COMMENT ON COLUMN ledger.journals.line_count
IS 'How many entries it has: who comes later finds no line free.';

COMMIT;
