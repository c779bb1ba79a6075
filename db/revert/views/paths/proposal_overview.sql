-- Revert pgtill:views/paths/proposal_overview from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP VIEW paths.proposal_overview;

COMMIT;
