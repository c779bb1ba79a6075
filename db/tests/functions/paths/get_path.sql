-- get_path(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(3);

-- Shape

SELECT
    is(
        given.shape('paths.get_path(bigint, text, integer, text)'),
        'stable definer, pgtill_service',
        'callable by service only'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_service;


SELECT count(made) AS made FROM given.allocate_paths('2.3.4') AS made \gset

SELECT
    results_eq(
        $$
        SELECT found.path ->> 'base_path', found.path ->> 'manufacturer_name', found.path
            ->> 'allocated_by', found.path ->> 'status'
        FROM paths.get_path(given.organization_id('ikea'), NULL, 1, '2.3.4') AS found
        $$,
        $$
        VALUES ('2.3.4', 'IKEA', given.user_id('ann'), 'active')
        $$,
        'a path of the organization'
    );

SELECT
    is_empty(
        $$
        SELECT found.* FROM (VALUES ('coke', 1, '2.3.4'), ('ikea', 2, '2.3.4'), ('ikea', 1,
            '2.3')) AS asked (tenant, wallet, path) CROSS JOIN LATERAL
            paths.get_path(given.organization_id(asked.tenant), NULL, asked.wallet, asked.path) AS
            found
        $$,
        'another''s is as if not there; a branch is no path'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
