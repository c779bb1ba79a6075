-- get_proposal(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(3);

-- Shape

SELECT
    is(
        given.shape('paths.get_proposal(text, text)'),
        'stable definer, pgtill_service',
        'callable by service only'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_service;


SELECT given.proposed('create_wallet_version', '{"master_key_id": "hsm:3"}') AS proposal \gset

SELECT
    results_eq(
        format(
            $$
            SELECT found.proposal ->> 'action' FROM paths.get_proposal(given.user_id('sue'), %L) AS found
            $$,
            :'proposal'
        ),
        $$
        VALUES ('create_wallet_version')
        $$,
        'one'
    );

SELECT
    is_empty(
        $$ SELECT found.* FROM paths.get_proposal(given.user_id('sue'), 'x') AS found $$,
        'or no row'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
