-- Revert pgtill:functions/app/set_asset from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION app.set_asset(text, text, text, text, text, boolean, bigint, text);

COMMIT;
