-- Deploy pgtill:functions/app/notify_catalog_changed to pg
-- requires: tables/app/asset_catalog

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.notify_catalog_changed()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    PERFORM pg_notify('pgtill_catalog_changed', '');
    RETURN NULL;
END
$function$;

COMMENT ON FUNCTION app.notify_catalog_changed()
IS 'Trigger: tell every service process to read the catalog again, when this commits.';

CREATE OR REPLACE TRIGGER asset_catalog_changed
AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON app.asset_catalog
FOR EACH STATEMENT
EXECUTE FUNCTION app.notify_catalog_changed();

COMMIT;
