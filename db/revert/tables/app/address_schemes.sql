-- Revert pgtill:tables/app/address_schemes from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE app.address_schemes;

COMMIT;
