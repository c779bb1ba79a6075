-- Deploy pgtill:functions/paths/refuse_history_change to pg
-- requires: tables/paths/allocators
-- requires: tables/paths/operations
-- requires: tables/paths/cross_wallet_verifications
-- requires: tables/paths/path_registry
-- requires: tables/paths/manufacturer_lineage
-- requires: tables/paths/transfers
-- requires: tables/paths/proposals

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.refuse_history_change()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RAISE EXCEPTION 'path registry rows are append-only'
        USING
            ERRCODE = 'TL201',
            DETAIL = format('%s on %I.%I', tg_op, tg_table_schema, tg_table_name);
END
$function$;

COMMENT ON FUNCTION paths.refuse_history_change()
IS
$comment$Trigger: refuse what would rewrite history, for everybody, the owner too.

UPDATE, DELETE and TRUNCATE of nodes, allocators, audit and verifications; DELETE and TRUNCATE of paths, lineage,
transfers, incidents, proposals and manufacturers.

Raises
  TL201  path registry rows are append-only$comment$;

CREATE OR REPLACE TRIGGER path_nodes_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON paths.path_nodes
FOR EACH STATEMENT
EXECUTE FUNCTION paths.refuse_history_change();

CREATE OR REPLACE TRIGGER allocators_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON paths.allocators
FOR EACH STATEMENT
EXECUTE FUNCTION paths.refuse_history_change();

CREATE OR REPLACE TRIGGER operations_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON paths.operations
FOR EACH STATEMENT
EXECUTE FUNCTION paths.refuse_history_change();

CREATE OR REPLACE TRIGGER cross_wallet_verifications_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON paths.cross_wallet_verifications
FOR EACH STATEMENT
EXECUTE FUNCTION paths.refuse_history_change();

CREATE OR REPLACE TRIGGER path_registry_never_removed
BEFORE DELETE OR TRUNCATE ON paths.path_registry
FOR EACH STATEMENT
EXECUTE FUNCTION paths.refuse_history_change();

CREATE OR REPLACE TRIGGER manufacturer_lineage_never_removed
BEFORE DELETE OR TRUNCATE ON paths.manufacturer_lineage
FOR EACH STATEMENT
EXECUTE FUNCTION paths.refuse_history_change();

CREATE OR REPLACE TRIGGER transfers_never_removed
BEFORE DELETE OR TRUNCATE ON paths.transfers
FOR EACH STATEMENT
EXECUTE FUNCTION paths.refuse_history_change();

CREATE OR REPLACE TRIGGER incidents_never_removed
BEFORE DELETE OR TRUNCATE ON paths.incidents
FOR EACH STATEMENT
EXECUTE FUNCTION paths.refuse_history_change();

CREATE OR REPLACE TRIGGER proposals_never_removed
BEFORE DELETE OR TRUNCATE ON paths.proposals
FOR EACH STATEMENT
EXECUTE FUNCTION paths.refuse_history_change();

CREATE OR REPLACE TRIGGER manufacturer_registry_never_removed
BEFORE DELETE OR TRUNCATE ON paths.manufacturer_registry
FOR EACH STATEMENT
EXECUTE FUNCTION paths.refuse_history_change();

ALTER TABLE paths.path_nodes ENABLE ALWAYS TRIGGER path_nodes_append_only;
ALTER TABLE paths.allocators ENABLE ALWAYS TRIGGER allocators_append_only;
ALTER TABLE paths.operations ENABLE ALWAYS TRIGGER operations_append_only;
ALTER TABLE paths.cross_wallet_verifications
ENABLE ALWAYS TRIGGER cross_wallet_verifications_append_only;
ALTER TABLE paths.path_registry ENABLE ALWAYS TRIGGER path_registry_never_removed;
ALTER TABLE paths.manufacturer_lineage ENABLE ALWAYS TRIGGER manufacturer_lineage_never_removed;
ALTER TABLE paths.transfers ENABLE ALWAYS TRIGGER transfers_never_removed;
ALTER TABLE paths.incidents ENABLE ALWAYS TRIGGER incidents_never_removed;
ALTER TABLE paths.proposals ENABLE ALWAYS TRIGGER proposals_never_removed;
ALTER TABLE paths.manufacturer_registry ENABLE ALWAYS TRIGGER manufacturer_registry_never_removed;

COMMIT;
