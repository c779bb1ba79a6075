-- refuse_path_change(): a path keeps its name.
\ir ../../support/begin.psql

SELECT plan(12);

-- Shape

SELECT
    is(
        given.shape('paths.refuse_path_change()'),
        'volatile invoker, private',
        'nobody calls it but the owner'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_service;


\ir ../../support/paths_of_ikea.psql

RESET ROLE;

SET LOCAL session_replication_role = replica;


SELECT
    throws_ok(
        format(
            'UPDATE paths.path_registry SET %s WHERE base_path = %L', change.what,
            change.path
        ), 'TL202',
        'a path keeps its name, and its status never goes back', format(
            '%s: %s', change.path,
            change.what
        )
    )
FROM (
    VALUES
    ('2.1.1', 'base_path = ''2.9'''), ('2.1.1', 'wallet_version = 2'), ('2.1.1', 'quantity = 0'),
    ('2.1.1', 'allocated_range_start = 2'), ('2.1.1', 'purpose = ''x'''),
    ('2.1.1', 'allocated_by = 0'), ('2.1.1', 'allocated_at = now() - interval ''1 s'''),
    ('2.1.1', 'allocation_type = ''test'''), ('2.1.1', 'status = ''transferred'''),
    ('2.3', 'status = ''active'''), ('2.3', 'status = ''exhausted''')
) AS change (path, what);

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
