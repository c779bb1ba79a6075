-- Deploy pgtill:tables/paths/transfers to pg
-- requires: tables/paths/manufacturer_registry
-- requires: tables/paths/incidents

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE paths.transfers (
    id bigint GENERATED ALWAYS AS IDENTITY,
    public_id text NOT NULL DEFAULT identity.random_id('trf_'),
    scope text NOT NULL,
    source_wallet integer NOT NULL,
    source_index integer NOT NULL,
    target_wallet integer NOT NULL,
    target_index integer NOT NULL,
    target_status text NOT NULL DEFAULT 'active',
    base_path text COLLATE "C",
    assignment_reason text NOT NULL,
    status text NOT NULL DEFAULT 'transferring',
    paths_total bigint NOT NULL,
    paths_moved bigint NOT NULL DEFAULT 0,
    resume_after text COLLATE "C",
    completion_percentage integer NOT NULL
    GENERATED ALWAYS AS (
        CASE
            WHEN status = 'transferred' THEN 100
            WHEN paths_total = 0 THEN 0
            ELSE least(99, paths_moved * 100 / paths_total)
        END
    ) STORED,
    incident_id bigint,
    opened_by bigint NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT now(),
    completed_at timestamptz,

    CONSTRAINT transfers_pk PRIMARY KEY (id),
    CONSTRAINT transfers_public_id_unique UNIQUE (public_id),
    CONSTRAINT transfers_public_id_shape CHECK (public_id ~ '^trf_[0-9a-f]{24}$'),
    CONSTRAINT transfers_scope_known CHECK (scope IN ('manufacturer', 'path')),
    CONSTRAINT transfers_source_fk
    FOREIGN KEY (source_wallet, source_index)
    REFERENCES paths.manufacturer_registry (wallet_version, manufacturer_index),
    CONSTRAINT transfers_target_fk
    FOREIGN KEY (target_wallet, target_index)
    REFERENCES paths.manufacturer_registry (wallet_version, manufacturer_index),
    CONSTRAINT transfers_target_status_known CHECK (target_status IN ('active', 'suspended')),
    CONSTRAINT transfers_wallets_differ CHECK (source_wallet <> target_wallet),
    CONSTRAINT transfers_base_path_in_scope CHECK ((scope = 'path') = (base_path IS NOT NULL)),
    CONSTRAINT transfers_reason_known
    CHECK (
        assignment_reason IN (
            'security_upgrade', 'environment_separation', 'organizational_change', 'key_compromise'
        )
    ),
    CONSTRAINT transfers_status_known CHECK (status IN ('transferring', 'transferred')),
    CONSTRAINT transfers_moved_range CHECK (paths_moved BETWEEN 0 AND paths_total),
    CONSTRAINT transfers_done_when_all_moved
    CHECK (status = 'transferring' OR paths_moved = paths_total),
    CONSTRAINT transfers_completed_when_done
    CHECK ((status = 'transferred') = (completed_at IS NOT NULL)),
    CONSTRAINT transfers_incident_fk
    FOREIGN KEY (incident_id) REFERENCES paths.incidents (id),
    CONSTRAINT transfers_opened_by_fk FOREIGN KEY (opened_by) REFERENCES identity.users (id)
);

-- A manufacturer leaves a wallet once.
CREATE UNIQUE INDEX transfers_manufacturer_unique
ON paths.transfers (source_wallet, source_index) WHERE scope = 'manufacturer';

CREATE INDEX transfers_source_idx ON paths.transfers (source_wallet, source_index);

CREATE INDEX transfers_target_idx ON paths.transfers (target_wallet, target_index);

CREATE INDEX transfers_incident_idx ON paths.transfers (incident_id);

CREATE INDEX transfers_opened_by_idx ON paths.transfers (opened_by);

COMMENT ON TABLE paths.transfers
IS 'Moves of a manufacturer, or of one path, to another wallet. The row is the lock of its steps.';
COMMENT ON COLUMN paths.transfers.id
IS 'Key inside the database; never shown.';
COMMENT ON COLUMN paths.transfers.public_id
IS 'Id outside: trf_ and 24 lower hex digits.';
COMMENT ON COLUMN paths.transfers.scope
IS 'manufacturer or path.';
COMMENT ON COLUMN paths.transfers.source_wallet
IS 'The wallet it leaves.';
COMMENT ON COLUMN paths.transfers.source_index
IS 'The manufacturer''s index there.';
COMMENT ON COLUMN paths.transfers.target_wallet
IS 'The wallet it goes to.';
COMMENT ON COLUMN paths.transfers.target_index
IS 'The manufacturer''s index there; the same where it was free.';
COMMENT ON COLUMN paths.transfers.target_status
IS 'What the manufacturer is there after the last path: active or suspended, as it was before.';
COMMENT ON COLUMN paths.transfers.base_path
IS 'The path, where one is moved, else NULL.';
COMMENT ON COLUMN paths.transfers.assignment_reason
IS 'security_upgrade, environment_separation, organizational_change or key_compromise.';
COMMENT ON COLUMN paths.transfers.status
IS 'transferring, then transferred.';
COMMENT ON COLUMN paths.transfers.paths_total
IS 'Paths to move, as marked when it was opened.';
COMMENT ON COLUMN paths.transfers.paths_moved
IS 'Paths moved so far.';
COMMENT ON COLUMN paths.transfers.resume_after
IS 'The last path moved; the next step goes on after it.';
COMMENT ON COLUMN paths.transfers.completion_percentage
IS '0 to 99 on the way, 100 when transferred.';
COMMENT ON COLUMN paths.transfers.incident_id
IS 'The incident that it was opened for, or NULL.';
COMMENT ON COLUMN paths.transfers.opened_by
IS 'Who opened it.';
COMMENT ON COLUMN paths.transfers.opened_at
IS 'When.';
COMMENT ON COLUMN paths.transfers.completed_at
IS 'When the last path had been moved, or NULL.';

COMMIT;
