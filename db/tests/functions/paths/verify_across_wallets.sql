-- verify_across_wallets(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(4);

-- Shape

SELECT
    is(
        given.shape('paths.verify_across_wallets(bigint, text, integer, text, integer)'),
        'volatile definer, pgtill_service',
        'callable by service only'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_service;


\ir ../../support/paths_of_ikea.psql

\ir ../../support/transfer_of_ikea.psql

SELECT count(step) AS steps
FROM
    paths.continue_transfer(
        given.organization_id('ikea'), given.user_id('ann'), :'transfer',
        9
    ) AS step
\gset

SELECT
    results_eq(
        $$
        SELECT paths.verify_across_wallets(
            given.organization_id('ikea'), given.user_id('ann'),
            1, '2.1.1', 2), paths.verify_across_wallets(given.organization_id('ikea'), given.user_id('ann'), 1,
            '2.3', 2), paths.verify_across_wallets(given.organization_id('ikea'), given.user_id('ann'), 2, '2.1.1', 1),
            paths.verify_across_wallets(
                given.organization_id('ikea'), given.user_id('ann'),
                1, '2.9', 2)
        $$,
        $$
        VALUES (TRUE, FALSE, FALSE, FALSE)
        $$,
        'it was moved, or not'
    );

SELECT
    throws_ok(
        $$ SELECT paths.verify_across_wallets(
            given.organization_id('ikea'), given.user_id('ann'),
            1, '2.1.1', 9) $$,
        'TL204',
        'wallet version does not exist',
        'no such wallet'
    );

RESET ROLE;


SELECT
    results_eq(
        $$
        SELECT asked.base_path, asked.verification_result FROM
            paths.cross_wallet_verifications AS asked ORDER BY asked.id
        $$,
        $$
        VALUES ('2.1.1' COLLATE "C", TRUE), ('2.3', FALSE), ('2.1.1', FALSE), ('2.9', FALSE)
        $$,
        'each question is recorded'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
