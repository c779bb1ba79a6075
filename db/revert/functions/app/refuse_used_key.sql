-- Revert pgtill:functions/app/refuse_used_key from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION app.refuse_used_key(text, text, text, text);

COMMIT;
