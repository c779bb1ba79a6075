-- list_incidents(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(5);

-- Shape

SELECT
    is(
        given.shape('paths.list_incidents(bigint, text, text, integer)'),
        'stable definer, pgtill_auditor pgtill_operator pgtill_service',
        'callable by auditor, operator, service only'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_service;


\ir ../../support/paths_of_ikea.psql

SELECT made.answer ->> 'id' AS incident
FROM
    paths.respond_to_key_compromise(
        given.organization_id('ikea'), given.user_id('sue'), 'i',
        given.digest('i'), 1, 'stolen', 'hsm:3', NULL, FALSE
    ) AS made
\gset

SELECT
    results_eq(
        $$
        SELECT listed.incident ->> 'reason' FROM paths.list_incidents(
            given.organization_id('ikea'), given.user_id('ann'),
            NULL, 5) AS listed
        $$,
        $$
        VALUES ('stolen')
        $$,
        'the newest first'
    );

SELECT
    results_eq(
        format(
            $$
            SELECT count(*) FROM paths.list_incidents(
                given.organization_id('ikea'), given.user_id('ann'),
                %L, 5) AS listed
            $$,
            :'incident'
        ),
        $$
        VALUES (0::bigint)
        $$,
        'after one'
    );

-- Given another, in wallet 2

SELECT
    is(
        made.answer ->> 'reason', 'stolen too', 'wallet 2 is lost, too'
    )
FROM
    paths.respond_to_key_compromise(
        given.organization_id('ikea'), given.user_id('sue'), 'j',
        given.digest('j'), 2, 'stolen too', 'hsm:4', NULL, FALSE
    ) AS made;

SELECT
    results_eq(
        $$
        SELECT asked.max_count, listed.incident ->> 'reason'
        FROM (VALUES (1), (5)) AS asked (max_count)
        CROSS JOIN LATERAL paths.list_incidents(
            given.organization_id('ikea'), given.user_id('sue'), NULL, asked.max_count
        ) AS listed
        $$,
        $$ VALUES (1, 'stolen too'), (5, 'stolen too'), (5, 'stolen') $$,
        'the newest first, so many'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
