-- get_incident(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(3);

-- Shape

SELECT
    is(
        given.shape('paths.get_incident(bigint, text, text)'),
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
        format(
            $$
            SELECT found.incident ->> 'reason', found.incident -> 'progress' FROM
                paths.get_incident(given.organization_id('ikea'), given.user_id('ann'), %L) AS found
            $$,
            :'incident'
        ),
        $$
        VALUES ('stolen',
            '{"transfers_open": 1, "transfers_done": 0, "paths_total": 3, "paths_moved": 0, "completion_percentage": 0}'::jsonb)
        $$,
        'one, with how far one''s own transfers are'
    );

SELECT
    is_empty(
        $$ SELECT found.* FROM paths.get_incident(
            given.organization_id('ikea'), given.user_id('ann'),
            'x') AS found $$,
        'or no row'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
