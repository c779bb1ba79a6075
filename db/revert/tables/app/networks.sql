-- Revert pgtill:tables/app/networks from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE app.networks;

COMMIT;
