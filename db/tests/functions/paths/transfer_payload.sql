-- transfer_payload(): what the API shows of transfers.
\ir ../../support/begin.psql

SELECT plan(2);

-- Shape

SELECT
    is(
        given.shape('paths.transfer_payload(paths.transfers)'),
        'stable invoker, private',
        'nobody calls it but the owner'
    );

SET LOCAL ROLE pgtill_owner;


SELECT
    results_eq(
        $$
        SELECT array_agg(shown.field ORDER BY shown.field COLLATE "C")
        FROM jsonb_object_keys(paths.transfer_payload(NULL::paths.transfers)) AS shown
            (field)
        $$,
        $$
        VALUES
            ('{assignment_reason,base_path,completed_at,completion_percentage,id,incident_id,manufacturer_name,opened_at,opened_by,paths_moved,paths_total,scope,source_index,source_wallet,status,target_index,target_wallet}'::text[])
        $$,
        'every field is there, also where it is NULL'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
