-- Deploy pgtill:tables/paths/path_nodes to pg
-- requires: schemas/paths

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE paths.path_nodes (
    wallet_version integer NOT NULL,
    base_path text COLLATE "C" NOT NULL,
    parent_path text COLLATE "C",
    component integer NOT NULL,
    kind text NOT NULL,
    parent_kind text NOT NULL GENERATED ALWAYS AS ('branch') STORED,

    -- One node a path and kind: what parents and allocations are looked up by.
    CONSTRAINT path_nodes_pk PRIMARY KEY (base_path, wallet_version, kind),
    CONSTRAINT path_nodes_kind_known CHECK (kind IN ('branch', 'allocated')),
    -- A node's path is its parent's and its own component …
    CONSTRAINT path_nodes_path_is_concatenation
    CHECK (base_path = coalesce(parent_path || '.', '') || component::text),
    -- … so one node a place is one node a path, of whatever kind; roots are all of one kind …
    CONSTRAINT path_nodes_place_unique
    UNIQUE (parent_path, wallet_version, parent_kind, component),
    -- … and its parent is a branch. So nothing is below an allocated node, nor above it one.
    CONSTRAINT path_nodes_parent_fk
    FOREIGN KEY (parent_path, wallet_version, parent_kind)
    REFERENCES paths.path_nodes (base_path, wallet_version, kind),
    CONSTRAINT path_nodes_component_range CHECK (component >= 0),
    -- A manufacturer's root; what is allocated lies below one.
    CONSTRAINT path_nodes_root_is_branch CHECK (parent_path IS NOT NULL OR kind = 'branch'),
    CONSTRAINT path_nodes_path_length CHECK (length(base_path) <= 219)
);

COMMENT ON TABLE paths.path_nodes
IS
$comment$Every path that is named, and every path on the way to one. Rows never change and never go.

Two allocations never overlap: were one above another, the nodes between would lead, parent by
parent, to an allocated node that is some node's parent, and parents are branches.$comment$;
COMMENT ON COLUMN paths.path_nodes.wallet_version
IS 'The wallet; another one has a tree of its own.';
COMMENT ON COLUMN paths.path_nodes.base_path
IS 'Decimal components below the wallet, joined by dots; the first is the manufacturer''s index.';
COMMENT ON COLUMN paths.path_nodes.parent_path
IS 'The path without its last component; NULL for a manufacturer''s root.';
COMMENT ON COLUMN paths.path_nodes.component
IS 'The last component, 0 to 2^31 - 1.';
COMMENT ON COLUMN paths.path_nodes.kind
IS 'branch: may have children, names nothing. allocated: names things, has no children.';
COMMENT ON COLUMN paths.path_nodes.parent_kind
IS 'Always branch: a part of the foreign key that keeps allocated nodes childless.';

COMMIT;
