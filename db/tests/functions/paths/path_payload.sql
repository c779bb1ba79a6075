-- path_payload(): what the API shows of path_registry.
\ir ../../support/begin.psql

SELECT plan(2);

-- Shape

SELECT
    is(
        given.shape('paths.path_payload(paths.path_registry)'),
        'stable invoker, private',
        'nobody calls it but the owner'
    );

SET LOCAL ROLE pgtill_owner;


SELECT
    results_eq(
        $$
        SELECT array_agg(shown.field ORDER BY shown.field COLLATE "C")
        FROM jsonb_object_keys(paths.path_payload(NULL::paths.path_registry)) AS shown
            (field)
        $$,
        $$
        VALUES
            ('{allocated_at,allocated_by,allocated_range_end,allocated_range_start,allocation_type,base_path,completed_at,hd_derivation_prefix,manufacturer_index,manufacturer_name,purpose,quantity,retired_at,status,transferred_at,transferred_to_path,transferred_to_wallet,wallet_version}'::text[])
        $$,
        'every field is there, also where it is NULL'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
