-- Revert pgtill:functions/paths/proposal_payload from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.proposal_payload(paths.proposals);

COMMIT;
