-- incident_payload(): what the API shows of incidents.
\ir ../../support/begin.psql

SELECT plan(2);

-- Shape

SELECT
    is(
        given.shape('paths.incident_payload(paths.incidents, bigint, text)'),
        'stable invoker, private',
        'nobody calls it but the owner'
    );

SET LOCAL ROLE pgtill_owner;


SELECT
    results_eq(
        $$
        SELECT array_agg(shown.field ORDER BY shown.field COLLATE "C")
        FROM jsonb_object_keys(paths.incident_payload(NULL::paths.incidents, NULL, NULL)) AS shown
            (field)
        $$,
        $$
        VALUES
            ('{id,is_dry_run,reason,reported_at,reported_by,steps,successor_version,transfers,wallet_version}'::text[])
        $$,
        'every field is there, also where it is NULL'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
