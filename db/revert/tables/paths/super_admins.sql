-- Revert pgtill:tables/paths/super_admins from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE paths.super_admins;

COMMIT;
