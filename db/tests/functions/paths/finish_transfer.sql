-- finish_transfer(): the end of a transfer, and what comes after it.
\ir ../../support/begin.psql

SELECT plan(4);

-- Shape

SELECT
    is(
        given.shape('paths.finish_transfer(paths.transfers)'),
        'volatile invoker, private',
        'nobody calls it but the owner'
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

-- The target is lost while paths are on their way there.

SELECT count(
    made
) AS made FROM
    paths.respond_to_key_compromise(
        given.organization_id('ikea'),
        given.user_id('sue'), 'i', given.digest('i'), 2, 'stolen', 'hsm:3'
    ) AS made
\gset

SELECT
    results_eq(
        format(
            $$
            SELECT step.transfer ->> 'status' FROM paths.continue_transfer(NULL,
                given.user_id('sue'), %L, 9) AS step
            $$,
            :'transfer'
        ),
        $$
        VALUES ('transferred')
        $$,
        'it arrives'
    );

SELECT
    results_eq(
        $$
        SELECT listed.transfer ->> 'source_wallet', listed.transfer ->> 'target_wallet',
            listed.transfer ->> 'paths_total', listed.transfer ->> 'incident_id' IS NOT NULL
            FROM paths.list_transfers(NULL, given.user_id('sue'), NULL, 5, TRUE) AS listed
        $$,
        $$
        VALUES ('2', '3', '3', TRUE)
        $$,
        'and goes on to the successor'
    );

RESET ROLE;


SELECT
    is_empty(
        $$ SELECT anomaly.* FROM paths.anomalies AS anomaly $$,
        'no anomaly'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
