-- define_level_value(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(8);

-- Shape

SELECT
    is(
        given.shape(
            'paths.define_level_value(bigint, text, text, text, integer, integer,'
            ' integer, integer, text, text, text, text, boolean)'
        ),
        'volatile definer, pgtill_service',
        'callable by service only'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_service;


SELECT count(made) AS made FROM
    paths.define_path_schema(
        given.organization_id('ikea'),
        given.user_id('ann'), 's3', given.digest('s3'), 1, 2, 3, 'region', NULL, '414', TRUE, 1
    ) AS made
\gset

SELECT
    results_eq(
        $$
        SELECT made.replayed, made.answer ->> 'value_name', made.answer ->> 'sku_reference'
            FROM paths.define_level_value(given.organization_id('ikea'), given.user_id('ann'),
            'k', given.digest('k'), 1, 2, 3, 3, 'Europe', NULL, '414', 'EU-1', TRUE) AS made
        $$,
        $$
        VALUES (FALSE, 'Europe', 'EU-1')
        $$,
        'a value'
    );

SELECT
    results_eq(
        $$
        SELECT made.answer ->> 'value_name', made.answer ->> 'is_active' FROM
            paths.define_level_value(given.organization_id('ikea'), given.user_id('ann'), 'k2',
            given.digest('k2'), 1, 2, 3, 3, 'EU', NULL, NULL, NULL, FALSE) AS made
        $$,
        $$
        VALUES ('EU', 'false')
        $$,
        'is replaced'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.define_level_value(given.organization_id('ikea'), given.user_id('ann'),
            'k3', given.digest('k3'), 1, 2, 4, 3, 'x', NULL, NULL, NULL, TRUE)
        $$,
        'TL217',
        'path schema has no such level',
        'its level is defined first'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.define_level_value(given.organization_id('ikea'), given.user_id('bob'),
            'k3', given.digest('k3'), 1, 2, 3, 3, 'x', NULL, NULL, NULL, TRUE)
        $$,
        'TL206',
        'user may not act for the organization',
        'only by who owns it'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.define_level_value(given.organization_id('ikea'), given.user_id('ann'),
            'k3', given.digest('k3'), 1, 2, 3, -1, 'x', NULL, NULL, NULL, TRUE)
        $$,
        '23514',
        'new row for relation "path_level_values" violates check constraint'
        ' "path_level_values_level_value_range"',
        'a component is not negative'
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
            SELECT paths.define_level_value(given.organization_id('ikea'), given.user_id('ann'),
                'k4', given.digest('k4'), %s, 2, 3, 3, 'x', NULL, NULL, NULL, TRUE)
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
