-- Deploy pgtill:tables/ledger/hold_endings to pg
-- requires: tables/ledger/holds

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE ledger.hold_endings (
    hold_id bigint NOT NULL,
    kind text NOT NULL,
    organization_id bigint NOT NULL,
    idempotency_key text COLLATE "C",
    journal_key text COLLATE "C"
    GENERATED ALWAYS AS (CASE kind WHEN 'settled' THEN idempotency_key END) STORED,
    request_hash bytea,
    actor text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT hold_endings_pk PRIMARY KEY (hold_id),
    CONSTRAINT hold_endings_hold_fk FOREIGN KEY (hold_id) REFERENCES ledger.holds (id),
    CONSTRAINT hold_endings_kind_known CHECK (kind IN ('settled', 'released', 'expired')),
    CONSTRAINT hold_endings_idempotency_key_unique UNIQUE (organization_id, idempotency_key),
    CONSTRAINT hold_endings_idempotency_key_shape
    CHECK (idempotency_key ~ '^[A-Za-z0-9_-]+$' AND length(idempotency_key) <= 256),
    CONSTRAINT hold_endings_request_named
    CHECK (
        (kind = 'expired') = (idempotency_key IS NULL)
        AND (idempotency_key IS NULL) = (request_hash IS NULL)
    ),
    CONSTRAINT hold_endings_request_hash_length CHECK (octet_length(request_hash) = 32),
    CONSTRAINT hold_endings_actor_length CHECK (length(actor) BETWEEN 1 AND 200),
    -- What settled was posted: by the journal of the same key, in the same transaction.
    CONSTRAINT hold_endings_journal_unique UNIQUE (organization_id, journal_key),
    CONSTRAINT hold_endings_journal_fk FOREIGN KEY (organization_id, journal_key)
    REFERENCES ledger.journals (organization_id, idempotency_key) DEFERRABLE INITIALLY DEFERRED
);

COMMENT ON TABLE ledger.hold_endings
IS 'How holds ended: once each, by the primary key. Append-only.';
COMMENT ON COLUMN ledger.hold_endings.hold_id
IS 'Which hold.';
COMMENT ON COLUMN ledger.hold_endings.kind
IS 'settled (whole or in part, the rest is released), released or expired.';
COMMENT ON COLUMN ledger.hold_endings.organization_id
IS 'Whose book it is in.';
COMMENT ON COLUMN ledger.hold_endings.idempotency_key
IS 'Names the request; NULL when nobody asked: it expired.';
COMMENT ON COLUMN ledger.hold_endings.journal_key
IS 'idempotency_key of the journal that settles it; NULL unless settled.';
COMMENT ON COLUMN ledger.hold_endings.request_hash
IS 'SHA-256 of the request; NULL when nobody asked.';
COMMENT ON COLUMN ledger.hold_endings.actor
IS 'Who asked for it.';
COMMENT ON COLUMN ledger.hold_endings.recorded_at
IS 'When it ended.';

CREATE OR REPLACE TRIGGER hold_endings_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.hold_endings
FOR EACH STATEMENT
EXECUTE FUNCTION ledger.refuse_change();

ALTER TABLE ledger.hold_endings ENABLE ALWAYS TRIGGER hold_endings_append_only;

COMMIT;
