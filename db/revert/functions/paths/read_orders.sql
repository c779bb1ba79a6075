-- Revert pgtill:functions/paths/read_orders from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.read_orders(jsonb[]);

COMMIT;
