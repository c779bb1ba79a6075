-- reject(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(5);

-- Shape

SELECT
    is(
        given.shape('paths.reject(bigint, text, text, text, text)'),
        'volatile definer, pgtill_service',
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
            SELECT done.replayed, done.answer ->> 'status', done.answer ->> 'decided_by'
                FROM paths.reject(given.organization_id('ikea'), given.user_id('sue'), 'a',
                given.digest('a'), %L) AS done
            $$,
            :'proposal'
        ),
        $$
        VALUES (FALSE, 'rejected', given.user_id('sue'))
        $$,
        'also by who proposed it'
    );

SELECT
    throws_ok(
        format(
            $$
            SELECT paths.approve(given.organization_id('ikea'), given.user_id('sam'), 'b',
                given.digest('b'), %L)
            $$,
            :'proposal'
        ),
        'TL222',
        'proposal is decided',
        'for good'
    );

SELECT
    throws_ok(
        format(
            $$
            SELECT paths.reject(given.organization_id('ikea'), given.user_id('ann'), 'b',
                given.digest('b'), %L)
            $$,
            :'proposal'
        ),
        'TL207',
        'user is not a super-admin',
        'not by an owner'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.reject(given.organization_id('ikea'), given.user_id('sam'), 'b',
            given.digest('b'), 'prp_x')
        $$,
        'TL221',
        'proposal does not exist',
        'there is none'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
