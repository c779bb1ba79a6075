-- Deploy pgtill:tables/identity/signing_secrets to pg
-- requires: tables/identity/api_keys

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE identity.signing_secrets (
    key_id text NOT NULL,
    sealed_secret bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT signing_secrets_pk PRIMARY KEY (key_id),
    CONSTRAINT signing_secrets_api_key_fk
    FOREIGN KEY (key_id) REFERENCES identity.api_keys (key_id),
    -- A nonce of 12 bytes, a secret of 64, a tag of 16: a secret that was not sealed does not fit.
    CONSTRAINT signing_secrets_sealed_secret_length CHECK (octet_length(sealed_secret) = 92)
);

COMMENT ON TABLE identity.signing_secrets
IS 'With what the holder of an API key signs requests. Useless without the service''s own secret.';
COMMENT ON COLUMN identity.signing_secrets.key_id
IS 'The API key; it may have one, and when it is revoked it signs nothing either.';
COMMENT ON COLUMN identity.signing_secrets.sealed_secret
IS 'AES-256-GCM under PGTILL_SIGNING_SECRET, bound to key_id: nonce, ciphertext, tag.';
COMMENT ON COLUMN identity.signing_secrets.created_at
IS 'When it was made.';

COMMIT;
