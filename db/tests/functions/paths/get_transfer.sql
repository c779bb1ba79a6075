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
