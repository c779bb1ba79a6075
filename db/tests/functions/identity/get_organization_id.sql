-- get_organization_id(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(5);

-- Shape

SELECT
    is(
        given.shape('identity.get_organization_id(text)'),
        'stable definer, pgtill_operator',
        'only operators call it'
    );

-- Given a shop

SELECT given.shop() AS shop_id \gset

SELECT tenant.public_id AS shop
FROM identity.organizations AS tenant
WHERE tenant.name = 'shop' \gset

-- Acting as an operator

SET LOCAL ROLE pgtill_operator;

SELECT
    is(
        identity.get_organization_id(:'shop'),
        :shop_id::bigint,
        'an id outside leads to the key inside'
    );

-- Refusals

SELECT
    throws_ok(
        format('SELECT identity.get_organization_id(%L)', refused.id),
        'TL901', 'organization does not exist', refused.description
    )
FROM (
    VALUES
    ('org_000000000000000000000000', 'an unknown organization is refused'),
    (NULL, 'nobody is refused')
) AS refused (id, description);

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        'SELECT identity.get_organization_id(NULL)',
        '42501',
        'permission denied for function get_organization_id',
        'the service knows whose key it is'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
