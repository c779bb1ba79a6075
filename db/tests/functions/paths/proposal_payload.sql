-- proposal_payload(): what the API shows of proposals.
\ir ../../support/begin.psql

SELECT plan(2);

-- Shape

SELECT
    is(
        given.shape('paths.proposal_payload(paths.proposals)'),
        'stable invoker, private',
        'nobody calls it but the owner'
    );

SET LOCAL ROLE pgtill_owner;


SELECT
    results_eq(
        $$
        SELECT array_agg(shown.field ORDER BY shown.field COLLATE "C")
        FROM jsonb_object_keys(paths.proposal_payload(NULL::paths.proposals)) AS shown
            (field)
        $$,
        $$
        VALUES
            ('{action,arguments,decided_at,decided_by,id,proposed_at,proposed_by,result,status}'::text[])
        $$,
        'every field is there, also where it is NULL'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
