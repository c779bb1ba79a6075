-- Deploy pgtill:tables/identity/users to pg
-- requires: functions/identity/random_id

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE identity.users (
    id bigint GENERATED ALWAYS AS IDENTITY,
    public_id text NOT NULL DEFAULT identity.random_id('usr_'),
    email text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT users_pk PRIMARY KEY (id),
    CONSTRAINT users_public_id_unique UNIQUE (public_id),
    CONSTRAINT users_public_id_shape CHECK (public_id ~ '^usr_[0-9a-f]{24}$'),
    CONSTRAINT users_email_unique UNIQUE (email),
    CONSTRAINT users_email_shape CHECK (email ~ '^[^@\s]+@[^@\s]+$' AND length(email) <= 254),
    CONSTRAINT users_email_lower_case CHECK (email = lower(email))
);

COMMENT ON TABLE identity.users
IS 'People. What they may do in an organization is in organization_members.';
COMMENT ON COLUMN identity.users.id
IS 'Key inside the database; never shown.';
COMMENT ON COLUMN identity.users.public_id
IS 'Id outside: usr_ and 24 lower hex digits.';
COMMENT ON COLUMN identity.users.email
IS 'Lower case, unique, at most 254 characters (RFC 5321, section 4.5.3.1.3).';
COMMENT ON COLUMN identity.users.created_at
IS 'When the row was made.';

COMMIT;
