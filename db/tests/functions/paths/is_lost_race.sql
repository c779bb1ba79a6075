-- is_lost_race(): what planning again can help.
\ir ../../support/begin.psql

SELECT plan(2);

-- Shape

SELECT
    is(
        given.shape('paths.is_lost_race(text, text)'),
        'immutable invoker, private',
        'nobody calls it but the owner'
    );

SET LOCAL ROLE pgtill_owner;


SELECT
    results_eq(
        $$
        SELECT paths.is_lost_race('40001', ''), paths.is_lost_race('23503',
            'path_nodes_parent_fk'), paths.is_lost_race('23505', 'path_registry_pk'),
            paths.is_lost_race('23503', 'path_registry_node_fk'), paths.is_lost_race('23514',
            'wallet_versions_daily_limit'), paths.is_lost_race('23505',
            'operations_key_unique'), paths.is_lost_race('23514',
            'path_registry_purpose_length'), paths.is_lost_race('40P01', '')
        $$,
        $$
        VALUES (TRUE, TRUE, TRUE, TRUE, TRUE, TRUE, FALSE, FALSE)
        $$,
        'a name, the count or a key that another session took'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
