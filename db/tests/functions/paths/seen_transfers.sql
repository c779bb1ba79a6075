-- seen_transfers(): transfers are shown to whose manufacturer moves.
\ir ../../support/begin.psql

SELECT plan(2);

-- Shape

SELECT
    is(
        given.shape('paths.seen_transfers(bigint, text)'),
        'stable invoker, private',
        'nobody calls it but the owner'
    );

-- Given IKEA and Coca-Cola in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

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
        SELECT asked.tenant, asked.person, array_agg(seen.source_index ORDER BY seen.id)
        FROM (
            VALUES
            (1, 'ikea', 'ann'), (2, 'ikea', NULL), (3, 'coke', 'cid'), (4, 'ikea', 'sue'), (5, NULL, NULL)
        ) AS asked (nth, tenant, person)
        LEFT JOIN LATERAL paths.seen_transfers(
            given.organization_id(asked.tenant), given.user_id(asked.person)
        ) AS seen ON TRUE
        GROUP BY asked.nth, asked.tenant, asked.person
        ORDER BY asked.nth
        $$,
        $$
        VALUES
        ('ikea', 'ann', '{2}'::integer[]),
        ('ikea', NULL, '{2}'),
        ('coke', 'cid', '{3}'),
        ('ikea', 'sue', '{1,2,3}'),
        (NULL, NULL, '{NULL}')
        $$,
        'one''s own; to a super-admin all'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
