-- propose(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(8);

-- Shape

SELECT
    is(
        given.shape('paths.propose(bigint, text, text, text, text, jsonb)'),
        'volatile definer, pgtill_service',
        'callable by service only'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_service;


SELECT
    results_eq(
        $$
        SELECT made.replayed, made.answer ->> 'status', made.answer -> 'arguments',
            made.answer ->> 'proposed_by' FROM paths.propose(given.organization_id('ikea'),
            given.user_id('sue'), 'p', given.digest('p'), 'create_wallet_version',
            '{"master_key_id": "hsm:3", "version_name": "v9"}') AS made
        $$,
        $$
        VALUES (FALSE, 'proposed', '{"version_name": "v9"}'::jsonb, given.user_id('sue'))
        $$,
        'where a key is kept is not shown'
    );

SELECT
    results_eq(
        $$
        SELECT made.replayed FROM paths.propose(given.organization_id('ikea'),
            given.user_id('sue'), 'p', given.digest('p'), 'create_wallet_version',
            '{"master_key_id": "hsm:3"}') AS made
        $$,
        $$
        VALUES (TRUE)
        $$,
        'the key is answered again'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.propose(given.organization_id('ikea'), given.user_id('ann'), 'q',
            given.digest('q'), 'set_default_wallet', '{"version_id": 2}')
        $$,
        'TL207',
        'user is not a super-admin',
        'an owner may not'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.propose(given.organization_id('ikea'), given.user_id('sue'), 'q',
            given.digest('q'), 'set_default_wallet', '{}')
        $$,
        'TL228',
        'proposal is not well formed',
        'an argument is missing'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.propose(given.organization_id('ikea'), given.user_id('sue'), 'q',
            given.digest('q'), 'set_default_wallet', '{"version_id": 2, "x": 1}')
        $$,
        'TL228',
        'proposal is not well formed',
        'one is too many'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.propose(given.organization_id('ikea'), given.user_id('sue'), 'q',
            given.digest('q'), 'drop', '{}')
        $$,
        'TL228',
        'proposal is not well formed',
        'no such act'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.propose(given.organization_id('ikea'), given.user_id('sue'), 'q',
            given.digest('q'), 'set_wallet_status', NULL)
        $$,
        'TL228',
        'proposal is not well formed',
        'no arguments'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
