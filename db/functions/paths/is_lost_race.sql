-- Deploy pgtill:functions/paths/is_lost_race to pg
-- requires: schemas/paths

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.is_lost_race(sqlstate_code text, constraint_name text)
RETURNS boolean
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
RETURN is_lost_race.sqlstate_code = '40001'
OR is_lost_race.constraint_name IN (
    'path_nodes_pk', 'path_nodes_parent_fk', 'path_registry_pk', 'path_registry_node_fk',
    'wallet_versions_daily_limit', 'operations_key_unique'
);

COMMENT ON FUNCTION paths.is_lost_race(text, text)
IS 'Tell whether an error says that another session was quicker, so that planning again helps.

Private to allocate_paths() and allocate_batch().';

COMMIT;
