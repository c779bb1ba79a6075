-- manufacturer_payload(): what the API shows of manufacturer_registry.
\ir ../../support/begin.psql

SELECT plan(2);

-- Shape

SELECT
    is(
        given.shape('paths.manufacturer_payload(paths.manufacturer_registry)'),
        'stable invoker, private',
        'nobody calls it but the owner'
    );

SET LOCAL ROLE pgtill_owner;


SELECT
    results_eq(
        $$
        SELECT array_agg(shown.field ORDER BY shown.field COLLATE "C")
        FROM
            jsonb_object_keys(paths.manufacturer_payload(NULL::paths.manufacturer_registry)) AS
            shown (field)
        $$,
        $$
        VALUES
            ('{key_delegation_level,manufacturer_index,manufacturer_name,organization_id,public_key,registered_at,registered_by,status,transfer_completed_at,transferred_from_wallet,wallet_version}'::text[])
        $$,
        'every field is there, also where it is NULL'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
