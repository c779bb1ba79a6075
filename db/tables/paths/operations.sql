-- Deploy pgtill:tables/paths/operations to pg
-- requires: schemas/paths
-- requires: tables/identity/organizations
-- requires: tables/identity/users

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE paths.operations (
    id bigint GENERATED ALWAYS AS IDENTITY,
    operation text NOT NULL,
    organization_id bigint,
    user_id bigint,
    wallet_version integer,
    subject text,
    idempotency_key text COLLATE "C",
    request_hash text,
    answer jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT operations_pk PRIMARY KEY (id),
    CONSTRAINT operations_operation_shape CHECK (operation ~ '^[a-z_]+$'),
    CONSTRAINT operations_organization_fk
    FOREIGN KEY (organization_id) REFERENCES identity.organizations (id),
    CONSTRAINT operations_user_fk FOREIGN KEY (user_id) REFERENCES identity.users (id),
    -- A key is used once an organization.
    CONSTRAINT operations_key_unique UNIQUE (organization_id, idempotency_key),
    CONSTRAINT operations_key_length CHECK (length(idempotency_key) BETWEEN 1 AND 255),
    CONSTRAINT operations_key_whole
    CHECK (
        idempotency_key IS NULL OR num_nonnulls(organization_id, request_hash) = 2
    ),
    CONSTRAINT operations_allocation_has_key
    CHECK (idempotency_key IS NOT NULL OR operation NOT IN ('allocate_path', 'allocate_batch')),
    CONSTRAINT operations_request_hash_shape
    CHECK (length(request_hash) = 64 AND request_hash ~ '^[0-9a-f]*$')
);

CREATE INDEX operations_user_idx ON paths.operations (user_id);

CREATE INDEX operations_wallet_idx ON paths.operations (wallet_version, id);

COMMENT ON TABLE paths.operations
IS 'The audit: every act, with its first answer, which is what its idempotency key is answered.';
COMMENT ON COLUMN paths.operations.id
IS 'Key inside the database; never shown.';
COMMENT ON COLUMN paths.operations.operation
IS 'The function that did it.';
COMMENT ON COLUMN paths.operations.organization_id
IS 'The organization whose API key asked; NULL for an operator.';
COMMENT ON COLUMN paths.operations.user_id
IS 'The user who acted, or NULL.';
COMMENT ON COLUMN paths.operations.wallet_version
IS 'The wallet it was about, or NULL.';
COMMENT ON COLUMN paths.operations.subject
IS 'The path, name or id it was about, or NULL.';
COMMENT ON COLUMN paths.operations.idempotency_key
IS 'The key it came with, 1 to 255 characters, or NULL; an organization''s own.';
COMMENT ON COLUMN paths.operations.request_hash
IS 'SHA-256 of the request, lower hex; with every key.';
COMMENT ON COLUMN paths.operations.answer
IS 'What was answered.';
COMMENT ON COLUMN paths.operations.created_at
IS 'When.';

COMMIT;
