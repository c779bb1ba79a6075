-- is_proposal(): what may be proposed.
\ir ../../support/begin.psql

SELECT plan(3);

-- Shape

SELECT
    is(
        given.shape('paths.is_proposal(text, jsonb)'),
        'immutable invoker, private',
        'nobody calls it but the owner'
    );

SET LOCAL ROLE pgtill_owner;


SELECT
    results_eq(
        $$
        SELECT paths.is_proposal(asked.action, asked.arguments::jsonb)
        FROM (VALUES ('create_wallet_version', '{"master_key_id": "a"}'),
            ('create_wallet_version', '{"master_key_id": ""}'), ('create_wallet_version',
            '{"master_key_id": "a", "environment": "x"}'), ('create_wallet_version',
            '{"master_key_id": "a", "daily_allocation_limit": -1}'), ('set_default_wallet',
            '{"version_id": 2}'), ('set_default_wallet', '{"version_id": "x"}'),
            ('set_wallet_status', '{"version_id": 2, "status": "retired"}'),
            ('set_wallet_status', '{"version_id": 2, "status": "compromised"}'), ('x', '{}'),
            ('set_default_wallet', '[]'),
            ('create_wallet_version',
            '{"master_key_id": "a", "daily_allocation_limit": 2147483647}'),
            ('create_wallet_version',
            '{"master_key_id": "a", "daily_allocation_limit": 2147483648}'),
            ('create_wallet_version',
            '{"master_key_id": "a", "daily_allocation_limit": 1e99}'),
            ('set_default_wallet', '{"version_id": 2147483647}'),
            ('set_default_wallet', '{"version_id": 2147483648}'),
            ('set_wallet_status', '{"version_id": 2147483647, "status": "retired"}'),
            ('set_wallet_status', '{"version_id": 2147483648, "status": "retired"}'))
            AS asked (action, arguments)
        $$,
        $$
        VALUES (TRUE), (FALSE), (FALSE), (FALSE), (TRUE), (FALSE), (TRUE), (FALSE), (FALSE),
            (FALSE), (TRUE), (FALSE), (FALSE), (TRUE), (FALSE), (TRUE), (FALSE)
        $$,
        'the arguments it needs, and no others'
    );

SELECT
    results_eq(
        $$
        SELECT paths.is_proposal(
            'create_wallet_version', jsonb_build_object('master_key_id', repeat('k', asked.length))
        )
        FROM (VALUES (100), (101)) AS asked (length)
        $$,
        'VALUES (TRUE), (FALSE)',
        'a key is named in 100 characters'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
