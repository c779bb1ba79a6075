-- Deploy pgtill:tables/identity/api_keys to pg
-- requires: tables/identity/organizations tables/identity/organization_members

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE identity.api_keys (
    key_id text NOT NULL,
    organization_id bigint NOT NULL,
    user_id bigint,
    secret_hash text NOT NULL,
    scopes text[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz,

    CONSTRAINT api_keys_pk PRIMARY KEY (key_id),
    CONSTRAINT api_keys_key_id_shape CHECK (key_id ~ '^[0-9a-z]{12,32}$'),
    CONSTRAINT api_keys_organization_fk
    FOREIGN KEY (organization_id) REFERENCES identity.organizations (id),
    -- Who is not a member cannot have a key in the organization's name.
    CONSTRAINT api_keys_member_fk
    FOREIGN KEY (organization_id, user_id)
    REFERENCES identity.organization_members (organization_id, user_id),
    -- bcrypt, cost 10 to 14: cheaper is no protection, dearer is a way to stall the service.
    CONSTRAINT api_keys_secret_hash_bcrypt
    CHECK (secret_hash ~ '^\$2[aby]\$1[0-4]\$[./A-Za-z0-9]{53}$'),
    CONSTRAINT api_keys_scopes_known
    CHECK (
        scopes
        <@ ARRAY[
            'payment_requests:read', 'payment_requests:write', 'assets:read',
            'wallets:read', 'wallets:write',
            'paths:read', 'paths:write', 'paths:admin',
            'ledger:read', 'ledger:write'
        ]
    ),
    CONSTRAINT api_keys_scopes_not_empty CHECK (cardinality(scopes) > 0),
    CONSTRAINT api_keys_revoked_after_created CHECK (revoked_at >= created_at)
);

CREATE INDEX api_keys_organization_idx ON identity.api_keys (organization_id, user_id);

COMMENT ON TABLE identity.api_keys
IS 'Bearer keys sk_test_<key_id>_<secret>. The secret itself is never stored.';
COMMENT ON COLUMN identity.api_keys.key_id
IS 'The public half of the key: 12 to 32 lower-case letters and digits.';
COMMENT ON COLUMN identity.api_keys.organization_id
IS 'The organization in whose name the key speaks.';
COMMENT ON COLUMN identity.api_keys.user_id
IS 'Whose key it is; NULL for a key of a machine, which may do nothing that takes a person.';
COMMENT ON COLUMN identity.api_keys.secret_hash
IS 'bcrypt of the secret half, cost 10 to 14.';
COMMENT ON COLUMN identity.api_keys.scopes
IS 'What the key may do: payment_requests, wallets (:read, :write), assets:read,
paths (:read, :write, :admin).';
COMMENT ON COLUMN identity.api_keys.created_at
IS 'When the key was made.';
COMMENT ON COLUMN identity.api_keys.revoked_at
IS 'Since when the key is worthless; NULL while it is good. Never taken back.';

COMMIT;
