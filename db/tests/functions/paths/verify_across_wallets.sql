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


SELECT count(made) AS made FROM given.allocate_paths('2.1.1', '2.1.2', '2.2', '2.3') AS made \gset
SELECT count(
    done
) AS done FROM
    paths.retire_path(
        given.organization_id('ikea'),
        given.user_id('ann'), 'r', given.digest('r'), 1, '2.3'
    ) AS done
\gset
SELECT count(
    done
) AS done FROM
    paths.exhaust_path(
        given.organization_id('ikea'),
        given.user_id('ann'), 'x', given.digest('x'), 1, '2.2'
    ) AS done
\gset

SELECT opened.answer ->> 'id' AS transfer
FROM
    paths.transfer_manufacturer(
        given.organization_id('ikea'), given.user_id('ann'), 't',
        given.digest('t'), 1, 2, 2, 'security_upgrade'
    ) AS opened
\gset

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
