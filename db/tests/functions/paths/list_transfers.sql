-- list_transfers(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(3);

-- Shape

SELECT
    is(
        given.shape('paths.list_transfers(bigint, text, text, integer, boolean)'),
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
        $$
        SELECT asked.is_open, count(listed) FROM (VALUES (NULL), (TRUE), (FALSE)) AS asked
            (is_open) LEFT JOIN LATERAL paths.list_transfers(
                given.organization_id('ikea'), given.user_id('ann'),
                NULL, 5, asked.is_open) AS listed
            ON TRUE GROUP BY asked.is_open ORDER BY asked.is_open
        $$,
        $$
        VALUES (FALSE, 0::bigint), (TRUE, 1), (NULL, 1)
        $$,
        'all, those under way, or those that are done'
    );

SELECT
    results_eq(
        format(
            $$
            SELECT count(*) FROM paths.list_transfers(
                given.organization_id('ikea'), given.user_id('ann'),
                %L, 5, NULL) AS listed
            $$,
            :'transfer'
        ),
        $$
        VALUES (0::bigint)
        $$,
        'after one'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
