-- level_value_payload(): what the API shows of path_level_values.
\ir ../../support/begin.psql

SELECT plan(2);

-- Shape

SELECT
    is(
        given.shape('paths.level_value_payload(paths.path_level_values)'),
        'stable invoker, private',
        'nobody calls it but the owner'
    );

SET LOCAL ROLE pgtill_owner;


SELECT
    results_eq(
        $$
        SELECT array_agg(shown.field ORDER BY shown.field COLLATE "C")
        FROM jsonb_object_keys(paths.level_value_payload(NULL::paths.path_level_values)) AS
            shown (field)
        $$,
        $$
        VALUES
            ('{created_at,gs1_code,is_active,level_value,manufacturer_index,path_level,sku_reference,updated_at,value_description,value_name,wallet_version}'::text[])
        $$,
        'every field is there, also where it is NULL'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
