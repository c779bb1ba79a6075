-- Deploy pgtill:types/paths/placement to pg
-- requires: schemas/paths

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TYPE paths.placement AS (
    order_position integer,
    outcome text,
    wallet_version integer,
    base_path text,
    blocking_path text
);

COMMENT ON TYPE paths.placement
IS 'What became of an order: its place in the input, the outcome, the path, and what blocks it.';

COMMIT;
