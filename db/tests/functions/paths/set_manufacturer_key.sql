-- set_manufacturer_key(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(7);

-- Shape

SELECT
    is(
        given.shape(
            'paths.set_manufacturer_key(bigint, text, text, text, integer,'
            ' integer, text, text)'
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
        SELECT done.replayed, done.answer ->> 'public_key', done.answer ->>
            'key_delegation_level' FROM
            paths.set_manufacturer_key(given.organization_id('ikea'), given.user_id('ann'), 'k',
            given.digest('k'), 1, 2, repeat('A', 44), 'verification') AS done
        $$,
        $$
        VALUES (FALSE, repeat('A', 44), 'verification')
        $$,
        'a key is delegated'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.set_manufacturer_key(given.organization_id('ikea'),
            given.user_id('bob'), 'k2', given.digest('k2'), 1, 2, NULL, 'none')
        $$,
        'TL206',
        'user may not act for the organization',
        'a member may not'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.set_manufacturer_key(given.organization_id('ikea'),
            given.user_id('ann'), 'k2', given.digest('k2'), 1, 3, NULL, 'none')
        $$,
        'TL206',
        'user may not act for the organization',
        'nor who owns another'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.set_manufacturer_key(given.organization_id('ikea'),
            given.user_id('ann'), 'k2', given.digest('k2'), 1, 9, NULL, 'none')
        $$,
        'TL208',
        'manufacturer does not exist',
        'there is none'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.set_manufacturer_key(given.organization_id('ikea'),
            given.user_id('ann'), 'k2', given.digest('k2'), 1, 2, NULL, 'full')
        $$,
        '23514',
        'new row for relation "manufacturer_registry" violates check constraint'
        ' "manufacturer_registry_delegated_has_key"',
        'a level needs a key'
    );

RESET ROLE;

UPDATE paths.manufacturer_registry SET status = 'suspended'
WHERE manufacturer_index = 2;

SET LOCAL ROLE pgtill_service;


SELECT
    throws_ok(
        $$
        SELECT paths.set_manufacturer_key(given.organization_id('ikea'),
            given.user_id('ann'), 'k3', given.digest('k3'), 1, 2, NULL, 'none')
        $$,
        'TL209',
        'manufacturer is not active',
        'a manufacturer must be active'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
