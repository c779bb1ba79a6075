-- Revert pgtill:functions/app/is_bech32_address from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION app.is_bech32_address(text, text);

COMMIT;
