-- list_proposals(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(4);

-- Shape

SELECT
    is(
        given.shape('paths.list_proposals(text, text, integer)'),
        'stable definer, pgtill_auditor pgtill_operator pgtill_service',
        'callable by auditor, operator, service only'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_service;


SELECT given.proposed('create_wallet_version', '{"master_key_id": "hsm:3"}') AS proposal \gset

SELECT count(
    made
) AS made FROM
    paths.propose(
        given.organization_id('ikea'),
        given.user_id('sam'), 'p2', given.digest('p2'), 'set_default_wallet', '{"version_id": 2}')
        AS
        made
\gset

SELECT
    results_eq(
        $$
        SELECT listed.proposal ->> 'action' FROM paths.list_proposals(given.user_id('sue'), NULL, 5) AS listed
        $$,
        $$
        VALUES ('set_default_wallet'), ('create_wallet_version')
        $$,
        'the newest first'
    );

SELECT
    results_eq(
        $$
        SELECT rest.proposal ->> 'action' FROM paths.list_proposals(given.user_id('sue'), NULL, 1) AS listed CROSS
            JOIN LATERAL paths.list_proposals(given.user_id('sue'), listed.proposal_id, 5) AS rest
        $$,
        $$
        VALUES ('create_wallet_version')
        $$,
        'after one'
    );

SELECT
    results_eq(
        $$
        SELECT listed.proposal ->> 'action'
        FROM paths.list_proposals(given.user_id('sue'), NULL, 1) AS listed
        $$,
        $$ VALUES ('set_default_wallet') $$,
        'so many'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
