-- get_transfer(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(3);

-- Shape

SELECT
    is(
        given.shape('paths.get_transfer(bigint, text, text)'),
        'stable definer, pgtill_auditor pgtill_operator pgtill_service',
        'callable by auditor, operator, service only'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_service;


\ir ../../support/paths_of_ikea.psql

\ir ../../support/transfer_of_ikea.psql

SELECT
    results_eq(
        format(
            $$
            SELECT found.transfer ->> 'manufacturer_name' FROM paths.get_transfer(
                given.organization_id('ikea'), given.user_id('ann'),
                %L) AS
                found
            $$,
            :'transfer'
        ),
        $$
        VALUES ('IKEA')
        $$,
        'one'
    );

SELECT
    is_empty(
        $$ SELECT found.* FROM paths.get_transfer(
            given.organization_id('ikea'), given.user_id('ann'),
            'x') AS found $$,
        'or no row'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
