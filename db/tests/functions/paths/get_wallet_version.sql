-- get_wallet_version(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(2);

-- Shape

SELECT
    is(
        given.shape('paths.get_wallet_version(integer)'),
        'stable definer, pgtill_auditor pgtill_operator pgtill_service',
        'callable by auditor, operator, service only'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_service;


SELECT
    results_eq(
        $$
        SELECT asked.id, found.wallet_version ->> 'version_name' FROM (VALUES (2), (NULL),
            (9)) AS asked (id) LEFT JOIN LATERAL paths.get_wallet_version(asked.id) AS found ON
            TRUE
        $$,
        $$
        VALUES (2, 'v2'), (NULL, 'v1'), (9, NULL)
        $$,
        'one, the default for NULL, or no row'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
