-- Deploy pgtill:functions/paths/lock_proposal to pg
-- requires: tables/paths/proposals

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.lock_proposal(proposal_id text)
RETURNS paths.proposals
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _proposal paths.proposals;
BEGIN
    SELECT proposal.*
    INTO _proposal
    FROM paths.proposals AS proposal
    WHERE proposal.public_id = lock_proposal.proposal_id
    FOR NO KEY UPDATE;

    IF NOT FOUND THEN
        RAISE EXCEPTION 'proposal does not exist'
            USING
                ERRCODE = 'TL221',
                DETAIL = format('proposal_id is %L', lock_proposal.proposal_id);
    END IF;

    IF _proposal.status <> 'proposed' THEN
        RAISE EXCEPTION 'proposal is decided'
            USING
                ERRCODE = 'TL222',
                DETAIL = format('it is %s', _proposal.status);
    END IF;

    RETURN _proposal;
END
$function$;

COMMENT ON FUNCTION paths.lock_proposal(text)
IS
'Hold a proposal and answer it; raise TL221 where there is none, TL222 where it is decided.

Private to approve() and reject().';

COMMIT;
