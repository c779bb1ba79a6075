-- Revert pgtill:tables/paths/path_nodes from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE paths.path_nodes;

COMMIT;
