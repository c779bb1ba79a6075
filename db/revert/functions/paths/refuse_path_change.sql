-- Revert pgtill:functions/paths/refuse_path_change from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TRIGGER path_registry_keeps_its_name ON paths.path_registry;

DROP FUNCTION paths.refuse_path_change();

COMMIT;
