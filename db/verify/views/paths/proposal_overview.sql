-- Verify pgtill:views/paths/proposal_overview on pg

BEGIN;

SELECT
    place,
    proposal_id,
    action,
    arguments,
    status,
    proposed_by,
    proposed_at,
    decided_by,
    decided_at
FROM paths.proposal_overview
WHERE FALSE;

DO $do$
BEGIN
    IF NOT has_table_privilege('pgtill_operator', 'paths.proposal_overview', 'select')
        OR NOT has_table_privilege('pgtill_auditor', 'paths.proposal_overview', 'select')
    THEN
        RAISE EXCEPTION 'operators or auditors cannot read paths.proposal_overview';
    END IF;
    IF has_table_privilege('pgtill_service', 'paths.proposal_overview', 'select') THEN
        RAISE EXCEPTION 'pgtill_service can read paths.proposal_overview';
    END IF;
END
$do$;

ROLLBACK;
