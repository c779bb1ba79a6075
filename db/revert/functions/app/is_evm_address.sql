-- Revert pgtill:functions/app/is_evm_address from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION app.is_evm_address(text);

COMMIT;
