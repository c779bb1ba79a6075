-- seen_manufacturers(): what is shown to whom begins here.
\ir ../../support/begin.psql

SELECT plan(2);

-- Shape

SELECT
    is(
        given.shape('paths.seen_manufacturers(bigint, text)'),
        'stable invoker, private',
        'nobody calls it but the owner'
    );

-- Given IKEA and Coca-Cola in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_owner;

SELECT
    results_eq(
        $$
        SELECT asked.tenant, asked.person, array_agg(seen.manufacturer_name ORDER BY seen.manufacturer_index)
        FROM (
            VALUES
            (1, 'ikea', 'ann'), (2, 'ikea', NULL), (3, 'coke', 'cid'), (4, 'coke', 'ann'),
            (5, 'ikea', 'sue'), (6, NULL, 'sam'), (7, NULL, NULL)
        ) AS asked (nth, tenant, person)
        LEFT JOIN LATERAL paths.seen_manufacturers(
            given.organization_id(asked.tenant), given.user_id(asked.person)
        ) AS seen ON TRUE
        GROUP BY asked.nth, asked.tenant, asked.person
        ORDER BY asked.nth
        $$,
        $$
        VALUES
        ('ikea', 'ann', '{IKEA}'::text[]),
        ('ikea', NULL, '{IKEA}'),
        ('coke', 'cid', '{Coca-Cola}'),
        ('coke', 'ann', '{Coca-Cola}'),
        ('ikea', 'sue', '{Plings,IKEA,Coca-Cola}'),
        (NULL, 'sam', '{Plings,IKEA,Coca-Cola}'),
        (NULL, NULL, '{NULL}')
        $$,
        'its organization''s, whoever''s the key is; to a super-admin all; to nobody none'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
