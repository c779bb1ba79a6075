-- refuse_history_change(): what is written down stays.
\ir ../../support/begin.psql

SELECT plan(24);

-- Shape

SELECT
    is(
        given.shape('paths.refuse_history_change()'),
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
        format(attempt.statement, place.name), 'TL201', 'path registry rows are append-only',
        format('%s of %s, by the superuser, as a replica would', attempt.label, place.name)
    )
FROM (
    VALUES
    ('path_nodes', TRUE), ('allocators', TRUE), ('operations', TRUE),
    ('cross_wallet_verifications', TRUE),
    ('path_registry', FALSE), ('manufacturer_lineage', FALSE), ('transfers', FALSE),
    ('incidents', FALSE), ('proposals', FALSE), ('manufacturer_registry', FALSE)
) AS place (name, never_changes)
CROSS JOIN (
    VALUES
    ('TRUNCATE paths.%I CASCADE', 'TRUNCATE'),
    ('DELETE FROM paths.%I', 'DELETE'),
    ('UPDATE paths.%I SET wallet_version = 1', 'UPDATE')
) AS attempt (statement, label)
WHERE attempt.label <> 'UPDATE' OR place.name IN ('path_nodes', 'allocators', 'operations');

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
