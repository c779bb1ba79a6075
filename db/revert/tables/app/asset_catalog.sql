-- Revert pgtill:tables/app/asset_catalog from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE app.asset_catalog;

COMMIT;
