-- seen_incidents(): incidents are shown to whom they touch, and to who reported them.
\ir ../../support/begin.psql

SELECT plan(2);

-- Shape

SELECT
    is(
        given.shape('paths.seen_incidents(bigint, text)'),
        'stable invoker, private',
        'nobody calls it but the owner'
    );

-- Given IKEA and Coca-Cola in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

INSERT INTO identity.organizations (name) VALUES ('plings'), ('acme');
INSERT INTO identity.organization_members (organization_id, user_id, role)
SELECT
    given.organization_id('plings') AS organization_id,
    person.id AS user_id,
    'owner' AS role
FROM identity.users AS person
WHERE person.public_id = given.user_id('sue');

SET LOCAL ROLE pgtill_service;

SELECT count(made) AS made FROM given.allocate_paths('2.1', '2.2') AS made \gset
SELECT responded.answer ->> 'id' AS incident
FROM
    paths.respond_to_key_compromise(
        given.organization_id('ikea'), given.user_id('sue'), 'i', given.digest('i'), 1,
        'stolen', 'hsm:3'
    ) AS responded
\gset

SET LOCAL ROLE pgtill_owner;

SELECT
    results_eq(
        $$
        SELECT asked.tenant, asked.person, count(seen)
        FROM (
            VALUES
            (1, 'ikea', 'ann'), (2, 'coke', NULL), (3, 'plings', NULL), (4, 'acme', NULL),
            (5, 'acme', 'sam'), (6, NULL, NULL)
        ) AS asked (nth, tenant, person)
        LEFT JOIN LATERAL paths.seen_incidents(
            given.organization_id(asked.tenant), given.user_id(asked.person)
        ) AS seen ON TRUE
        GROUP BY asked.nth, asked.tenant, asked.person
        ORDER BY asked.nth
        $$,
        $$
        VALUES
        ('ikea', 'ann', 1::bigint), ('coke', NULL, 1), ('plings', NULL, 1), ('acme', NULL, 0),
        ('acme', 'sam', 1), (NULL, NULL, 0)
        $$,
        'who has a manufacturer in the wallet, whose member reported it, and a super-admin'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
