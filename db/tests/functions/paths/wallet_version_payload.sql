-- wallet_version_payload(): what the API shows of wallet_versions.
\ir ../../support/begin.psql

SELECT plan(2);

-- Shape

SELECT
    is(
        given.shape('paths.wallet_version_payload(paths.wallet_versions)'),
        'stable invoker, private',
        'nobody calls it but the owner'
    );

SET LOCAL ROLE pgtill_owner;


SELECT
    results_eq(
        $$
        SELECT array_agg(shown.field ORDER BY shown.field COLLATE "C")
        FROM jsonb_object_keys(paths.wallet_version_payload(NULL::paths.wallet_versions)) AS
            shown (field)
        $$,
        $$
        VALUES
            ('{allocations_today,compromised_at,created_at,daily_allocation_limit,deactivated_at,description,environment,is_default,retired_at,security_level,status,version_id,version_name}'::text[])
        $$,
        'every field is there, also where it is NULL'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
