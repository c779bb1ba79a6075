-- Deploy pgtill:tables/identity/used_signatures to pg
-- requires: schemas/identity

BEGIN;

SET LOCAL ROLE pgtill_owner;

-- Logged: forgotten in a crash, a signature of the last minutes could be sent again.
CREATE TABLE identity.used_signatures (
    signature bytea NOT NULL,
    kept_until timestamptz NOT NULL,

    CONSTRAINT used_signatures_pk PRIMARY KEY (signature),
    CONSTRAINT used_signatures_signature_length CHECK (octet_length(signature) = 32)
);

CREATE INDEX used_signatures_kept_until_idx ON identity.used_signatures (kept_until);

COMMENT ON TABLE identity.used_signatures
IS 'Signatures of requests of the last minutes: none is good twice. Emptied as it is filled.';
COMMENT ON COLUMN identity.used_signatures.signature
IS 'HMAC-SHA256 of a request, 32 bytes.';
COMMENT ON COLUMN identity.used_signatures.kept_until
IS 'When it may be removed: 60 seconds after its time has made it worthless.';

COMMIT;
