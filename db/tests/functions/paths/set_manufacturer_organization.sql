-- set_manufacturer_organization(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(5);

-- Shape

SELECT
    is(
        given.shape('paths.set_manufacturer_organization(integer, integer, text)'),
        'volatile definer, pgtill_operator',
        'callable by operator only'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SELECT tenant.public_id AS ikea FROM identity.organizations AS tenant
WHERE tenant.name = 'ikea' \gset

SET LOCAL ROLE pgtill_operator;


SELECT lives_ok(
    format('SELECT paths.set_manufacturer_organization(1, 1, %L)', :'ikea'),
    'Plings gets one'
);

SELECT
    throws_ok(
        format('SELECT paths.set_manufacturer_organization(1, 9, %L)', :'ikea'),
        'TL208', 'manufacturer does not exist', 'there is none'
    );

SELECT
    throws_ok(
        $$ SELECT paths.set_manufacturer_organization(1, 1, 'org_x') $$,
        'TL901',
        'organization does not exist',
        'no such organization'
    );

RESET ROLE;


SELECT
    results_eq(
        $$
        SELECT manufacturer.organization_id = given.organization_id('ikea') FROM
            paths.manufacturer_registry AS manufacturer WHERE manufacturer.manufacturer_index =
            1
        $$,
        $$
        VALUES (TRUE)
        $$,
        'it is written'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
