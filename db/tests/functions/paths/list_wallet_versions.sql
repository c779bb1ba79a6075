-- list_wallet_versions(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(4);

-- Shape

SELECT
    is(
        given.shape('paths.list_wallet_versions(integer, integer)'),
        'stable definer, pgtill_auditor pgtill_operator pgtill_service',
        'callable by auditor, operator, service only'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_service;


SELECT
    results_eq(
        $$
        SELECT listed.version_id, listed.wallet_version ->> 'version_name',
            listed.wallet_version ? 'master_key_id' FROM paths.list_wallet_versions(NULL, 5) AS
            listed
        $$,
        $$
        VALUES (1, 'v1', FALSE), (2, 'v2', FALSE)
        $$,
        'by number, without where the key is'
    );

SELECT
    results_eq(
        $$
        SELECT listed.version_id FROM paths.list_wallet_versions(1, 5) AS listed
        $$,
        $$
        VALUES (2)
        $$,
        'after one'
    );

SELECT
    results_eq(
        'SELECT listed.version_id FROM paths.list_wallet_versions(NULL, 1) AS listed',
        'VALUES (1)',
        'so many'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
