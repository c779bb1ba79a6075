-- Revert pgtill:functions/paths/carry_out_proposal from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.carry_out_proposal(text, jsonb);

COMMIT;
