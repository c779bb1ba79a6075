-- path_schema_payload(): what the API shows of manufacturer_path_schemas.
\ir ../../support/begin.psql

SELECT plan(2);

-- Shape

SELECT
    is(
        given.shape('paths.path_schema_payload(paths.manufacturer_path_schemas)'),
        'stable invoker, private',
        'nobody calls it but the owner'
    );

SET LOCAL ROLE pgtill_owner;


SELECT
    results_eq(
        $$
        SELECT array_agg(shown.field ORDER BY shown.field COLLATE "C")
        FROM
            jsonb_object_keys(paths.path_schema_payload(NULL::paths.manufacturer_path_schemas))
            AS shown (field)
        $$,
        $$
        VALUES
            ('{created_at,gs1_mapping,is_required,level_description,level_name,manufacturer_index,path_level,sort_order,updated_at,wallet_version}'::text[])
        $$,
        'every field is there, also where it is NULL'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
