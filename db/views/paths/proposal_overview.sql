-- Deploy pgtill:views/paths/proposal_overview to pg
-- requires: tables/paths/proposals

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE VIEW paths.proposal_overview AS

SELECT
    proposal.id AS place,
    proposal.public_id AS proposal_id,
    proposal.action,
    -- Where a master key is kept is nobody's business but the HSM's.
    proposal.arguments - 'master_key_id' AS arguments,
    proposal.status,
    proposer.public_id AS proposed_by,
    proposal.proposed_at,
    decider.public_id AS decided_by,
    proposal.decided_at
FROM paths.proposals AS proposal
INNER JOIN identity.users AS proposer ON proposal.proposed_by = proposer.id
LEFT JOIN identity.users AS decider ON proposal.decided_by = decider.id;

COMMENT ON VIEW paths.proposal_overview
IS 'What super-admins asked for and who decided it, for who runs or audits the registry.';
COMMENT ON COLUMN paths.proposal_overview.place IS 'In which order they were proposed.';
COMMENT ON COLUMN paths.proposal_overview.proposal_id IS 'Its id outside.';
COMMENT ON COLUMN paths.proposal_overview.action IS 'What was asked for.';
COMMENT ON COLUMN paths.proposal_overview.arguments
IS 'With what, but for where a master key is kept.';
COMMENT ON COLUMN paths.proposal_overview.status IS 'proposed, approved or rejected.';
COMMENT ON COLUMN paths.proposal_overview.proposed_by IS 'The super-admin who asked.';
COMMENT ON COLUMN paths.proposal_overview.proposed_at IS 'When.';
COMMENT ON COLUMN paths.proposal_overview.decided_by IS 'Another who decided, or NULL.';
COMMENT ON COLUMN paths.proposal_overview.decided_at IS 'When, or NULL.';

GRANT SELECT ON paths.proposal_overview TO pgtill_operator, pgtill_auditor;

COMMIT;
