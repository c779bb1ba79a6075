-- define_path_schema(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(8);

-- Shape

SELECT
    is(
        given.shape(
            'paths.define_path_schema(bigint, text, text, text, integer, integer,'
            ' integer, text, text, text, boolean, integer)'
        ),
        'volatile definer, pgtill_service',
        'callable by service only'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_service;


SELECT
    results_eq(
        $$
        SELECT made.replayed, made.answer ->> 'level_name', made.answer ->> 'gs1_mapping'
            FROM paths.define_path_schema(given.organization_id('ikea'), given.user_id('ann'),
            'k', given.digest('k'), 1, 2, 3, 'region', 'where', '414', TRUE, 1) AS made
        $$,
        $$
        VALUES (FALSE, 'region', '414')
        $$,
        'a level'
    );

SELECT
    results_eq(
        $$
        SELECT made.replayed, made.answer ->> 'level_name', made.answer ->> 'gs1_mapping'
            FROM paths.define_path_schema(given.organization_id('ikea'), given.user_id('ann'),
            'k2', given.digest('k2'), 1, 2, 3, 'continent', NULL, NULL, FALSE, NULL) AS made
        $$,
        $$
        VALUES (FALSE, 'continent', NULL)
        $$,
        'is replaced'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.define_path_schema(given.organization_id('coke'), given.user_id('cid'),
            'k3', given.digest('k3'), 1, 2, 3, 'x', NULL, NULL, TRUE, 1)
        $$,
        'TL206',
        'user may not act for the organization',
        'only by who owns it'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.define_path_schema(given.organization_id('ikea'), given.user_id('ann'),
            'k3', given.digest('k3'), 1, 9, 3, 'x', NULL, NULL, TRUE, 1)
        $$,
        'TL208',
        'manufacturer does not exist',
        'there is none'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.define_path_schema(given.organization_id('ikea'), given.user_id('ann'),
            'k3', given.digest('k3'), 1, 2, 2, 'x', NULL, NULL, TRUE, 1)
        $$,
        '23514',
        'new row for relation "manufacturer_path_schemas" violates check constraint'
        ' "manufacturer_path_schemas_path_level_range"',
        'levels 1 and 2 are wallet and manufacturer'
    );

\ir ../../support/transfer_of_ikea.psql

RESET ROLE;

UPDATE paths.manufacturer_registry SET status = 'transferring'
WHERE wallet_version = 2 AND manufacturer_index = 2;

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        format(
            $$
            SELECT paths.define_path_schema(given.organization_id('ikea'), given.user_id('ann'),
                'k4', given.digest('k4'), %s, 2, 3, 'x', NULL, NULL, TRUE, 1)
            $$,
            asked.wallet
        ),
        'TL209',
        'manufacturer is not active',
        'nor where one has left, or has not arrived: wallet ' || asked.wallet
    )
FROM generate_series(1, 2) AS asked (wallet);

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
