-- Deploy pgtill:tables/paths/path_registry to pg
-- requires: tables/paths/path_nodes
-- requires: tables/paths/allocators

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE paths.path_registry (
    wallet_version integer NOT NULL,
    base_path text COLLATE "C" NOT NULL,
    manufacturer_index integer NOT NULL
    GENERATED ALWAYS AS (split_part(base_path, '.', 1)::integer) STORED,
    hd_derivation_prefix text NOT NULL
    GENERATED ALWAYS AS (
        'm/44''/501''/' || wallet_version::text || '''/' || replace(base_path, '.', '''/') || ''''
    ) STORED,
    node_kind text NOT NULL GENERATED ALWAYS AS ('allocated') STORED,
    allocation_type text NOT NULL DEFAULT 'production',
    quantity integer NOT NULL,
    allocated_range_start integer NOT NULL DEFAULT 1,
    allocated_range_end bigint NOT NULL
    GENERATED ALWAYS AS (allocated_range_start::bigint + quantity - 1) STORED,
    purpose text,
    status text NOT NULL DEFAULT 'active',
    allocated_by bigint NOT NULL,
    allocated_at timestamptz NOT NULL DEFAULT now(),
    completed_at timestamptz,
    retired_at timestamptz,
    transferred_to_wallet integer,
    transferred_to_path text COLLATE "C",
    transferred_at timestamptz,

    -- Once a wallet, whatever becomes of it.
    CONSTRAINT path_registry_pk PRIMARY KEY (wallet_version, base_path),
    CONSTRAINT path_registry_node_fk
    FOREIGN KEY (base_path, wallet_version, node_kind)
    REFERENCES paths.path_nodes (base_path, wallet_version, kind),
    -- Manufacturer and user in one.
    CONSTRAINT path_registry_allocator_fk
    FOREIGN KEY (wallet_version, manufacturer_index, allocated_by)
    REFERENCES paths.allocators (wallet_version, manufacturer_index, user_id),
    CONSTRAINT path_registry_allocation_type_known
    CHECK (allocation_type IN ('production', 'test', 'development', 'reserved')),
    CONSTRAINT path_registry_quantity_range CHECK (quantity >= 1),
    CONSTRAINT path_registry_range_start_range CHECK (allocated_range_start >= 1),
    -- An instance is a component, too.
    CONSTRAINT path_registry_range_end_range
    CHECK (allocated_range_start::bigint + quantity - 1 <= 2147483647),
    CONSTRAINT path_registry_purpose_length CHECK (length(purpose) BETWEEN 1 AND 1000),
    CONSTRAINT path_registry_status_known
    CHECK (status IN ('active', 'exhausted', 'transferring', 'transferred', 'retired')),
    CONSTRAINT path_registry_exhausted_since
    CHECK (status <> 'exhausted' OR completed_at IS NOT NULL),
    CONSTRAINT path_registry_retired_since
    CHECK ((status = 'retired') = (retired_at IS NOT NULL)),
    CONSTRAINT path_registry_transferred_since
    CHECK (
        num_nonnulls(transferred_to_wallet, transferred_to_path, transferred_at)
        = CASE status WHEN 'transferred' THEN 3 ELSE 0 END
    ),
    CONSTRAINT path_registry_transferred_to_fk
    FOREIGN KEY (transferred_to_wallet, transferred_to_path)
    REFERENCES paths.path_registry (wallet_version, base_path),
    CONSTRAINT path_registry_transferred_to_another
    CHECK (transferred_to_wallet <> wallet_version)
)
-- A status changes in place.
WITH (fillfactor = 90);

-- A path has one origin at most. Most are nobody's, and need no entry.
CREATE UNIQUE INDEX path_registry_transferred_to_unique
ON paths.path_registry (transferred_to_path, transferred_to_wallet)
WHERE transferred_to_path IS NOT NULL;

CREATE INDEX path_registry_allocator_idx
ON paths.path_registry (manufacturer_index, wallet_version, allocated_by);

COMMENT ON TABLE paths.path_registry
IS 'Allocated paths, each the name of a range of things. A path is allocated once a wallet, ever.';
COMMENT ON COLUMN paths.path_registry.wallet_version
IS 'The wallet.';
COMMENT ON COLUMN paths.path_registry.base_path
IS 'Decimal components below the wallet, joined by dots; an allocated node of path_nodes.';
COMMENT ON COLUMN paths.path_registry.manufacturer_index
IS 'The first component: a manufacturer of the wallet.';
COMMENT ON COLUMN paths.path_registry.hd_derivation_prefix
IS 'm/44''/501''/<wallet>''/<component>''…: SLIP-0010 Ed25519, every level hardened.';
COMMENT ON COLUMN paths.path_registry.node_kind
IS 'Always allocated: a part of the foreign key to the node.';
COMMENT ON COLUMN paths.path_registry.allocation_type
IS 'production, test, development or reserved.';
COMMENT ON COLUMN paths.path_registry.quantity
IS 'How many things it names, from 1 on. Grows only.';
COMMENT ON COLUMN paths.path_registry.allocated_range_start
IS 'Number of the first of them, from 1 on.';
COMMENT ON COLUMN paths.path_registry.allocated_range_end
IS 'Number of the last of them: start + quantity - 1, at most 2^31 - 1.';
COMMENT ON COLUMN paths.path_registry.purpose
IS 'What it is for, 1 to 1,000 characters, or NULL.';
COMMENT ON COLUMN paths.path_registry.status
IS 'active, exhausted, transferring, transferred or retired. All of them keep the path''s place.';
COMMENT ON COLUMN paths.path_registry.allocated_by
IS 'The user who asked; one of the manufacturer''s allocators.';
COMMENT ON COLUMN paths.path_registry.allocated_at
IS 'When it was allocated; of a path that was moved here, when it was in its first wallet.';
COMMENT ON COLUMN paths.path_registry.completed_at
IS 'When its range was used up, or NULL.';
COMMENT ON COLUMN paths.path_registry.retired_at
IS 'When it was retired, or NULL.';
COMMENT ON COLUMN paths.path_registry.transferred_to_wallet
IS 'The wallet that it was moved to, or NULL.';
COMMENT ON COLUMN paths.path_registry.transferred_to_path
IS 'Its path there, or NULL.';
COMMENT ON COLUMN paths.path_registry.transferred_at
IS 'When it was moved, or NULL.';

COMMIT;
