-- Deploy pgtill:tables/paths/incidents to pg
-- requires: tables/paths/wallet_versions
-- requires: tables/paths/super_admins
-- requires: functions/identity/random_id

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE paths.incidents (
    id bigint GENERATED ALWAYS AS IDENTITY,
    public_id text NOT NULL DEFAULT identity.random_id('inc_'),
    wallet_version integer NOT NULL,
    successor_version integer NOT NULL,
    reason text NOT NULL,
    reported_by bigint NOT NULL,
    reported_at timestamptz NOT NULL DEFAULT now(),
    steps jsonb NOT NULL DEFAULT '[]',

    CONSTRAINT incidents_pk PRIMARY KEY (id),
    CONSTRAINT incidents_public_id_unique UNIQUE (public_id),
    CONSTRAINT incidents_public_id_shape CHECK (public_id ~ '^inc_[0-9a-f]{24}$'),
    CONSTRAINT incidents_wallet_unique UNIQUE (wallet_version),
    CONSTRAINT incidents_wallet_fk
    FOREIGN KEY (wallet_version) REFERENCES paths.wallet_versions (version_id),
    CONSTRAINT incidents_successor_unique UNIQUE (successor_version),
    CONSTRAINT incidents_successor_fk
    FOREIGN KEY (successor_version) REFERENCES paths.wallet_versions (version_id),
    CONSTRAINT incidents_successor_another CHECK (successor_version <> wallet_version),
    CONSTRAINT incidents_reason_length CHECK (length(reason) BETWEEN 1 AND 1000),
    CONSTRAINT incidents_reported_by_fk
    FOREIGN KEY (reported_by) REFERENCES paths.super_admins (user_id),
    CONSTRAINT incidents_steps_array CHECK (jsonb_typeof(steps) = 'array')
);

CREATE INDEX incidents_reported_by_idx ON paths.incidents (reported_by);

COMMENT ON TABLE paths.incidents
IS 'Wallets whose master key was given up; a wallet is so once.';
COMMENT ON COLUMN paths.incidents.id
IS 'Key inside the database; never shown.';
COMMENT ON COLUMN paths.incidents.public_id
IS 'Id outside: inc_ and 24 lower hex digits.';
COMMENT ON COLUMN paths.incidents.wallet_version
IS 'The compromised wallet.';
COMMENT ON COLUMN paths.incidents.successor_version
IS 'The wallet that was made in its place.';
COMMENT ON COLUMN paths.incidents.reason
IS 'What happened, 1 to 1,000 characters.';
COMMENT ON COLUMN paths.incidents.reported_by
IS 'The super-admin who responded.';
COMMENT ON COLUMN paths.incidents.reported_at
IS 'When.';
COMMENT ON COLUMN paths.incidents.steps
IS 'What was done at once: [{step, action, subject, detail, manufacturer_index}, …].';

COMMIT;
