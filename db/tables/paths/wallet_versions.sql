-- Deploy pgtill:tables/paths/wallet_versions to pg
-- requires: schemas/paths

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE paths.wallet_versions (
    version_id integer NOT NULL,
    version_name text NOT NULL,
    master_key_id text NOT NULL,
    description text,
    environment text NOT NULL DEFAULT 'production',
    security_level text NOT NULL DEFAULT 'standard',
    status text NOT NULL DEFAULT 'active',
    is_default boolean NOT NULL DEFAULT FALSE,
    daily_allocation_limit integer NOT NULL DEFAULT 1000000,
    current_daily_allocations integer NOT NULL DEFAULT 0,
    last_reset_date date NOT NULL DEFAULT (now() AT TIME ZONE 'UTC')::date,
    created_at timestamptz NOT NULL DEFAULT now(),
    deactivated_at timestamptz,
    retired_at timestamptz,
    compromised_at timestamptz,

    CONSTRAINT wallet_versions_pk PRIMARY KEY (version_id),
    -- It is a component of every derivation path; 2^31 - 1 is where integer ends, too.
    CONSTRAINT wallet_versions_version_id_range CHECK (version_id >= 1),
    CONSTRAINT wallet_versions_name_unique UNIQUE (version_name),
    CONSTRAINT wallet_versions_name_shape CHECK (version_name ~ '^[0-9A-Za-z._-]{1,32}$'),
    CONSTRAINT wallet_versions_master_key_id_shape
    CHECK (master_key_id ~ '^[^[:cntrl:]]*$' AND length(master_key_id) BETWEEN 1 AND 100),
    CONSTRAINT wallet_versions_description_length CHECK (length(description) BETWEEN 1 AND 1000),
    CONSTRAINT wallet_versions_environment_known
    CHECK (environment IN ('production', 'testing', 'development')),
    CONSTRAINT wallet_versions_security_level_known
    CHECK (security_level IN ('standard', 'high', 'experimental')),
    CONSTRAINT wallet_versions_status_known
    CHECK (status IN ('active', 'inactive', 'deprecated', 'retired', 'compromised')),
    -- Judged at commit: a new default may be made before the old one is cleared.
    CONSTRAINT wallet_versions_default_unique
    EXCLUDE (is_default WITH =) WHERE (is_default) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT wallet_versions_default_is_active CHECK (status = 'active' OR NOT is_default),
    CONSTRAINT wallet_versions_daily_limit
    CHECK (current_daily_allocations BETWEEN 0 AND daily_allocation_limit),
    CONSTRAINT wallet_versions_retired_since CHECK (status <> 'retired' OR retired_at IS NOT NULL),
    CONSTRAINT wallet_versions_compromised_since
    CHECK (status <> 'compromised' OR compromised_at IS NOT NULL)
)
-- The count is rewritten by every allocation: room for HOT updates on its own page.
WITH (fillfactor = 20);

COMMENT ON TABLE paths.wallet_versions
IS 'Master keys, by version. The row is the last lock of an allocation: who counts here is in.';
COMMENT ON COLUMN paths.wallet_versions.version_id
IS 'The wallet''s component in derivation paths, from 1 on; never changes.';
COMMENT ON COLUMN paths.wallet_versions.version_name
IS 'v1, v2, …: 1 to 32 letters, digits, dots, dashes; unique.';
COMMENT ON COLUMN paths.wallet_versions.master_key_id
IS 'Where the master key is kept (HSM reference). Never shown.';
COMMENT ON COLUMN paths.wallet_versions.description
IS 'What it is for, or NULL.';
COMMENT ON COLUMN paths.wallet_versions.environment
IS 'production, testing or development.';
COMMENT ON COLUMN paths.wallet_versions.security_level
IS 'standard, high or experimental.';
COMMENT ON COLUMN paths.wallet_versions.status
IS 'active, inactive, deprecated, retired or compromised. Only an active one allocates.';
COMMENT ON COLUMN paths.wallet_versions.is_default
IS 'Whether it is meant where none is named; one is, and it is active.';
COMMENT ON COLUMN paths.wallet_versions.daily_allocation_limit
IS 'Paths that may be allocated in a day (UTC); those moved here do not count.';
COMMENT ON COLUMN paths.wallet_versions.current_daily_allocations
IS 'Paths allocated on last_reset_date.';
COMMENT ON COLUMN paths.wallet_versions.last_reset_date
IS 'The day (UTC) that is counted.';
COMMENT ON COLUMN paths.wallet_versions.created_at
IS 'When the row was made.';
COMMENT ON COLUMN paths.wallet_versions.deactivated_at
IS 'When it last ceased to be active, or NULL.';
COMMENT ON COLUMN paths.wallet_versions.retired_at
IS 'When it was retired, or NULL.';
COMMENT ON COLUMN paths.wallet_versions.compromised_at
IS 'When its master key was given up, or NULL.';

COMMIT;
