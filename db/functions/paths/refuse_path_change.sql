-- Deploy pgtill:functions/paths/refuse_path_change to pg
-- requires: tables/paths/path_registry

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.refuse_path_change()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RAISE EXCEPTION 'a path keeps its name, and its status never goes back'
        USING
            ERRCODE = 'TL202',
            DETAIL = format('%s on %I.%I', tg_op, tg_table_schema, tg_table_name);
END
$function$;

COMMENT ON FUNCTION paths.refuse_path_change()
IS
$comment$Trigger: refuse to rename a path, to let it shrink, or to take back what became of it.

Raises
  TL202  a path keeps its name, and its status never goes back$comment$;

CREATE OR REPLACE TRIGGER path_registry_keeps_its_name
BEFORE UPDATE ON paths.path_registry
FOR EACH ROW
WHEN (
    (
        old.wallet_version, old.base_path, old.allocation_type, old.allocated_range_start,
        old.purpose, old.allocated_by, old.allocated_at
    )
    IS DISTINCT FROM (
        new.wallet_version, new.base_path, new.allocation_type, new.allocated_range_start,
        new.purpose, new.allocated_by, new.allocated_at
    )
    OR new.quantity < old.quantity
    OR (
        new.status <> old.status
        AND (old.status, new.status) NOT IN (
            ('active', 'exhausted'), ('active', 'transferring'), ('active', 'retired'),
            ('exhausted', 'active'), ('exhausted', 'transferring'), ('exhausted', 'retired'),
            ('transferring', 'transferred')
        )
    )
)
EXECUTE FUNCTION paths.refuse_path_change();

ALTER TABLE paths.path_registry ENABLE ALWAYS TRIGGER path_registry_keeps_its_name;

COMMIT;
