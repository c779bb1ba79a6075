-- Deploy pgtill:tables/identity/organizations to pg
-- requires: functions/identity/random_id

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE identity.organizations (
    id bigint GENERATED ALWAYS AS IDENTITY,
    public_id text NOT NULL DEFAULT identity.random_id('org_'),
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT organizations_pk PRIMARY KEY (id),
    CONSTRAINT organizations_public_id_unique UNIQUE (public_id),
    CONSTRAINT organizations_public_id_shape CHECK (public_id ~ '^org_[0-9a-f]{24}$'),
    CONSTRAINT organizations_name_unique UNIQUE (name),
    CONSTRAINT organizations_name_shape
    CHECK (
        name = btrim(name)
        AND length(name) BETWEEN 1 AND 200
        AND name !~ '[\x01-\x1f\x7f]'
    )
);

COMMENT ON TABLE identity.organizations
IS 'Tenants. A merchant is an organization, and the principal of idempotency.';
COMMENT ON COLUMN identity.organizations.id
IS 'Key inside the database; never shown.';
COMMENT ON COLUMN identity.organizations.public_id
IS 'Id outside: org_ and 24 lower hex digits.';
COMMENT ON COLUMN identity.organizations.name
IS 'What operators call it; trimmed, 1 to 200 characters, unique.';
COMMENT ON COLUMN identity.organizations.created_at
IS 'When the row was made.';

COMMIT;
