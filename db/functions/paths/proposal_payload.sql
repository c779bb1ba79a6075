-- Deploy pgtill:functions/paths/proposal_payload to pg
-- requires: tables/paths/proposals
-- requires: functions/paths/utc_text

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.proposal_payload(proposal paths.proposals)
RETURNS jsonb
LANGUAGE sql
STABLE
BEGIN ATOMIC
    SELECT
        jsonb_build_object(
            'id', (proposal).public_id,
            'action', (proposal).action,
            -- Where a master key is kept is nobody's business but the HSM's.
            'arguments', (proposal).arguments - 'master_key_id',
            'status', (proposal).status,
            'proposed_by', (
                SELECT person.public_id FROM identity.users AS person
                WHERE person.id = (proposal_payload.proposal).proposed_by
            ),
            'proposed_at', paths.utc_text((proposal).proposed_at),
            'decided_by', (
                SELECT person.public_id FROM identity.users AS person
                WHERE person.id = (proposal_payload.proposal).decided_by
            ),
            'decided_at', paths.utc_text((proposal).decided_at),
            'result', (proposal).result
        );
END;

COMMENT ON FUNCTION paths.proposal_payload(paths.proposals)
IS 'Write a proposal as the object the API answers with.

Private to the functions of this schema.';

COMMIT;
