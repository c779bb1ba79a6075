-- Deploy pgtill:tables/app/idempotency_records to pg
-- requires: tables/app/payment_requests

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE app.idempotency_records (
    organization_id bigint NOT NULL,
    scope_method text NOT NULL,
    scope_path text NOT NULL,
    idempotency_key text COLLATE "C" NOT NULL,
    request_hash text NOT NULL,
    hash_algorithm text NOT NULL DEFAULT 'sha256',
    resource_id text COLLATE "C" NOT NULL,
    response_payload jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,

    CONSTRAINT idempotency_records_pk
    PRIMARY KEY (organization_id, idempotency_key, scope_method, scope_path),
    CONSTRAINT idempotency_records_key_length CHECK (length(idempotency_key) BETWEEN 1 AND 255),
    CONSTRAINT idempotency_records_request_hash_shape
    CHECK (length(request_hash) = 64 AND request_hash ~ '^[0-9a-f]*$'),
    CONSTRAINT idempotency_records_hash_algorithm_known CHECK (hash_algorithm = 'sha256'),
    -- Not organization first: a plan made while it is empty would look keys up by this index.
    CONSTRAINT idempotency_records_resource_unique UNIQUE (resource_id, organization_id),
    CONSTRAINT idempotency_records_resource_fk
    FOREIGN KEY (organization_id, resource_id)
    REFERENCES app.payment_requests (organization_id, id),
    CONSTRAINT idempotency_records_kept_a_day
    CHECK (expires_at >= created_at + interval '24 hours')
);

COMMENT ON TABLE app.idempotency_records
IS 'One row per key of an organization: what was asked, and the first answer. Append-only.';
COMMENT ON COLUMN app.idempotency_records.organization_id
IS 'The principal: the organization of the API key, never a header.';
COMMENT ON COLUMN app.idempotency_records.scope_method
IS 'HTTP method.';
COMMENT ON COLUMN app.idempotency_records.scope_path
IS 'Normalised path.';
COMMENT ON COLUMN app.idempotency_records.idempotency_key
IS 'The Idempotency-Key header, 1 to 255 characters, or auto_idem_ and 24 hex digits.';
COMMENT ON COLUMN app.idempotency_records.request_hash
IS 'SHA-256 of the normalised request as RFC 8785 text, lower hex.';
COMMENT ON COLUMN app.idempotency_records.hash_algorithm
IS 'sha256.';
COMMENT ON COLUMN app.idempotency_records.resource_id
IS 'The payment request that was made; of the same organization, and of one key only.';
COMMENT ON COLUMN app.idempotency_records.response_payload
IS 'The first answer: what payment_request_payload() said then.';
COMMENT ON COLUMN app.idempotency_records.created_at
IS 'When the key was first used.';
COMMENT ON COLUMN app.idempotency_records.expires_at
IS 'Until when the key is kept at least: 7 days, or as long as the payment request lives.';

COMMIT;
