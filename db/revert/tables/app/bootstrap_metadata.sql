-- Revert pgtill:tables/app/bootstrap_metadata from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE app.bootstrap_metadata;

COMMIT;
