-- hd_derivation_prefix(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(2);

-- Shape

SELECT
    is(
        given.shape('paths.hd_derivation_prefix(integer, text)'),
        'immutable definer, pgtill_auditor pgtill_operator pgtill_service',
        'callable by auditor, operator, service only'
    );

SET LOCAL ROLE pgtill_service;


SELECT
    results_eq(
        $$
        SELECT paths.hd_derivation_prefix(1, '2.3.4.5.10'), paths.hd_derivation_prefix(1,
            '2.x'), paths.hd_derivation_prefix(0, '2')
        $$,
        $$
        VALUES ('m/44''/501''/1''/2''/3''/4''/5''/10''', NULL, NULL)
        $$,
        'every level is hardened'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
