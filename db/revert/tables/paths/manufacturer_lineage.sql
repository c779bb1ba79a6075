-- Revert pgtill:tables/paths/manufacturer_lineage from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE paths.manufacturer_lineage;

COMMIT;
