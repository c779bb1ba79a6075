-- Revert pgtill:views/paths/products from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP VIEW paths.products;

COMMIT;
