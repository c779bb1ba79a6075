-- Deploy pgtill:tables/paths/manufacturer_lineage to pg
-- requires: tables/paths/manufacturer_registry

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE paths.manufacturer_lineage (
    id bigint GENERATED ALWAYS AS IDENTITY,
    canonical_name text NOT NULL,
    current_wallet_version integer NOT NULL,
    current_manufacturer_index integer NOT NULL,
    predecessor_wallet integer,
    predecessor_index integer,
    assignment_reason text NOT NULL,
    assignment_date timestamptz NOT NULL DEFAULT now(),
    status text NOT NULL DEFAULT 'active',
    completion_percentage integer NOT NULL DEFAULT 100,

    CONSTRAINT manufacturer_lineage_pk PRIMARY KEY (id),
    -- One assignment a place; both places bear the name.
    CONSTRAINT manufacturer_lineage_place_unique
    UNIQUE (current_manufacturer_index, current_wallet_version),
    CONSTRAINT manufacturer_lineage_current_fk
    FOREIGN KEY (current_manufacturer_index, current_wallet_version, canonical_name)
    REFERENCES paths.manufacturer_registry (manufacturer_index, wallet_version, manufacturer_name),
    CONSTRAINT manufacturer_lineage_predecessor_fk
    FOREIGN KEY (predecessor_index, predecessor_wallet, canonical_name)
    REFERENCES paths.manufacturer_registry (manufacturer_index, wallet_version, manufacturer_name),
    CONSTRAINT manufacturer_lineage_predecessor_whole
    CHECK (num_nonnulls(predecessor_wallet, predecessor_index) IN (0, 2)),
    CONSTRAINT manufacturer_lineage_predecessor_another
    CHECK (predecessor_wallet <> current_wallet_version),
    CONSTRAINT manufacturer_lineage_reason_known
    CHECK (
        assignment_reason IN (
            'initial_setup', 'security_upgrade', 'environment_separation',
            'organizational_change', 'key_compromise'
        )
    ),
    CONSTRAINT manufacturer_lineage_status_known
    CHECK (status IN ('active', 'in_progress', 'completed')),
    CONSTRAINT manufacturer_lineage_completion_range
    CHECK (completion_percentage BETWEEN 0 AND 100),
    CONSTRAINT manufacturer_lineage_whole_when_done
    CHECK (status = 'in_progress' OR completion_percentage = 100)
);

-- History has many rows a name, the present one.
CREATE UNIQUE INDEX manufacturer_lineage_current_unique
ON paths.manufacturer_lineage (canonical_name) WHERE status = 'active';

CREATE INDEX manufacturer_lineage_canonical_name_idx
ON paths.manufacturer_lineage (canonical_name);

CREATE INDEX manufacturer_lineage_predecessor_idx
ON paths.manufacturer_lineage (predecessor_index, predecessor_wallet, canonical_name);

COMMENT ON TABLE paths.manufacturer_lineage
IS 'Each place that a manufacturer was given, and which came from which. Rows never go.';
COMMENT ON COLUMN paths.manufacturer_lineage.id
IS 'Order of assignment.';
COMMENT ON COLUMN paths.manufacturer_lineage.canonical_name
IS 'The manufacturer''s name, the same in every wallet.';
COMMENT ON COLUMN paths.manufacturer_lineage.current_wallet_version
IS 'The wallet of this assignment.';
COMMENT ON COLUMN paths.manufacturer_lineage.current_manufacturer_index
IS 'Its index in that wallet.';
COMMENT ON COLUMN paths.manufacturer_lineage.predecessor_wallet
IS 'The wallet that it came from, or NULL.';
COMMENT ON COLUMN paths.manufacturer_lineage.predecessor_index
IS 'Its index there, or NULL.';
COMMENT ON COLUMN paths.manufacturer_lineage.assignment_reason
IS 'initial_setup, security_upgrade, environment_separation, organizational_change or
key_compromise.';
COMMENT ON COLUMN paths.manufacturer_lineage.assignment_date
IS 'When it was assigned.';
COMMENT ON COLUMN paths.manufacturer_lineage.status
IS 'active: where the name is now, one a name. in_progress: on its way here. completed: past.';
COMMENT ON COLUMN paths.manufacturer_lineage.completion_percentage
IS 'How much of it has arrived here, 0 to 100.';

COMMIT;
