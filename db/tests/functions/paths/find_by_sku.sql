-- find_by_sku(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(5);

-- Shape

SELECT
    is(
        given.shape('paths.find_by_sku(bigint, text, text, integer)'),
        'stable definer, pgtill_auditor pgtill_operator pgtill_service',
        'callable by auditor, operator, service only'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_service;


\ir ../../support/region_of_ikea.psql

SELECT
    results_eq(
        $$
        SELECT found.wallet_version, found.manufacturer_name, found.level_name,
            found.level_value, found.value_name FROM paths.find_by_sku(
                given.organization_id('ikea'), given.user_id('ann'),
                'EU-1', 5) AS found
        $$,
        $$
        VALUES (1, 'IKEA', 'region', 3, 'Europe')
        $$,
        'what bears it'
    );

SELECT
    is_empty(
        $$ SELECT found.* FROM paths.find_by_sku(
            given.organization_id('ikea'), given.user_id('ann'),
            'x', 5) AS found $$,
        'or nothing'
    );

-- Given the same code at other places, the last of them first

RESET ROLE;

INSERT INTO paths.manufacturer_registry (
    wallet_version, manufacturer_index, manufacturer_name, organization_id, registered_by
)
SELECT
    2 AS wallet_version,
    maker.manufacturer_index,
    maker.manufacturer_name,
    maker.organization_id,
    maker.registered_by
FROM paths.manufacturer_registry AS maker
WHERE maker.manufacturer_name = 'IKEA';
INSERT INTO paths.manufacturer_path_schemas (
    wallet_version, manufacturer_index, path_level, level_name
)
VALUES (2, 2, 3, 'region'), (1, 3, 3, 'region'), (1, 2, 4, 'class');
INSERT INTO paths.path_level_values (
    wallet_version, manufacturer_index, path_level, level_value, value_name, sku_reference
)
VALUES
(2, 2, 3, 1, 'wallet 2', 'EU-1'),
(1, 3, 3, 1, 'another manufacturer', 'EU-1'),
(1, 2, 4, 1, 'another level', 'EU-1'),
(1, 2, 3, 4, 'another value', 'EU-1');

SET LOCAL ROLE pgtill_service;

SELECT
    is(
        (
            SELECT array_agg(found.value_name)
            FROM paths.find_by_sku(
                given.organization_id('coke'), given.user_id('sue'), 'EU-1', asked.max_count
            ) AS found
        ),
        asked.names,
        asked.label
    )
FROM (
    VALUES
    (
        9,
        ARRAY[
            'Europe', 'another value', 'another level', 'another manufacturer', 'wallet 2'
        ],
        'in the order of wallet, manufacturer, level and value'
    ),
    (3, ARRAY['Europe', 'another value', 'another level'], '… so many')
) AS asked (max_count, names, label);

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
