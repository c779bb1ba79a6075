-- verify_lineage(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(5);

-- Shape

SELECT
    is(
        given.shape('paths.verify_lineage(text)'),
        'stable definer, pgtill_auditor pgtill_operator',
        'callable by auditor, operator only'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_service;


\ir ../../support/paths_of_ikea.psql

\ir ../../support/transfer_of_ikea.psql

SET LOCAL ROLE pgtill_auditor;

SELECT
    results_eq(
        $$
        SELECT told.step, told.wallet_version, told.manufacturer_index,
            told.assignment_reason, told.status, told.problem FROM paths.verify_lineage('IKEA')
            AS told
        $$,
        $$
        VALUES (1, 1, 2, 'initial_setup', 'active', NULL), (2, 2, 2, 'security_upgrade',
            'in_progress', NULL)
        $$,
        'oldest first; all holds'
    );

SELECT
    is_empty(
        $$ SELECT told.* FROM paths.verify_lineage('ACME') AS told $$,
        'a name that never was'
    );

RESET ROLE;

UPDATE paths.manufacturer_lineage SET status = 'completed', completion_percentage = 100
WHERE canonical_name = 'IKEA';

SET LOCAL ROLE pgtill_auditor;


SELECT
    results_eq(
        $$
        SELECT told.problem FROM paths.verify_lineage('IKEA') AS told
        $$,
        $$
        VALUES ('the name is not at one place'), ('the name is not at one place')
        $$,
        'a name that is nowhere'
    );

RESET ROLE;

UPDATE paths.manufacturer_lineage SET status = 'active'
WHERE canonical_name = 'IKEA' AND current_wallet_version = 2;

SET LOCAL ROLE pgtill_auditor;


SELECT
    results_eq(
        $$
        SELECT told.problem FROM paths.verify_lineage('IKEA') AS told
        $$,
        $$
        VALUES (NULL), ('the transfer says otherwise')
        $$,
        'a name that arrived before its transfer did'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
