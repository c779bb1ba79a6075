-- finish_transfer(): the end of a transfer, and what comes after it.
\ir ../../support/begin.psql

SELECT plan(6);

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


\ir ../../support/paths_of_ikea.psql

RESET ROLE;

UPDATE paths.manufacturer_registry SET status = 'suspended'
WHERE wallet_version = 1 AND manufacturer_index = 2;

SET LOCAL ROLE pgtill_service;


\ir ../../support/transfer_of_ikea.psql

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
    results_eq(
        $$
        SELECT step.transfer ->> 'status' FROM paths.list_transfers(NULL,
            given.user_id('sue'), NULL, 5, TRUE) AS listed CROSS JOIN LATERAL
            paths.continue_transfer(NULL, given.user_id('sue'), listed.transfer ->> 'id', 9)
            AS step
        $$,
        $$
        VALUES ('transferred')
        $$,
        'where it arrives, too'
    );

SELECT
    results_eq(
        $$
        SELECT maker.wallet_version, maker.status FROM paths.manufacturer_registry AS maker
            WHERE maker.manufacturer_name = 'IKEA' ORDER BY maker.wallet_version
        $$,
        $$
        VALUES (1, 'retired'), (2, 'retired'), (3, 'suspended')
        $$,
        'suspended as it was two wallets ago'
    );

SELECT
    is_empty(
        $$ SELECT anomaly.* FROM paths.anomalies AS anomaly $$,
        'no anomaly'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
