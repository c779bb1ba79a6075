-- Revert pgtill:functions/app/notify_catalog_changed from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TRIGGER asset_catalog_changed ON app.asset_catalog;
DROP FUNCTION app.notify_catalog_changed();

COMMIT;
