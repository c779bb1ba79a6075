-- respond_to_key_compromise(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(15);

-- Shape

SELECT
    is(
        given.shape(
            'paths.respond_to_key_compromise(bigint, text, text, text, integer,'
            ' text, text, text, boolean)'
        ),
        'volatile definer, pgtill_operator pgtill_service',
        'callable by operator, service only'
    );

-- Given IKEA in wallet 1, Coca-Cola, suspended, and a second wallet

SELECT count(given.makers()) AS makers \gset

UPDATE paths.manufacturer_registry SET status = 'suspended'
WHERE manufacturer_name = 'Coca-Cola';

SET LOCAL ROLE pgtill_service;


\ir ../../support/paths_of_ikea.psql

SELECT
    throws_ok(
        $$
        SELECT paths.respond_to_key_compromise(given.organization_id('ikea'),
            given.user_id('ann'), 'i', given.digest('i'), 1, 'stolen', 'hsm:3')
        $$,
        'TL207',
        'user is not a super-admin',
        'an owner may not'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.respond_to_key_compromise(given.organization_id('ikea'),
            given.user_id('sue'), 'i', given.digest('i'), NULL, 'stolen', 'hsm:3')
        $$,
        'TL204',
        'wallet version does not exist',
        'the wallet is named'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.respond_to_key_compromise(given.organization_id('ikea'),
            given.user_id('sue'), 'i', given.digest('i'), 1, 'stolen', 'hsm:3', 'v2')
        $$,
        'TL224',
        'wallet version name is taken',
        'the successor has a name of its own'
    );

SELECT
    results_eq(
        $$
        SELECT done.replayed, done.answer ->> 'id' IS NULL, done.answer ->> 'is_dry_run',
            done.answer ->> 'successor_version', step.value ->> 'action', step.value ->>
            'subject', step.value ->> 'detail'
        FROM paths.respond_to_key_compromise(given.organization_id('ikea'),
            given.user_id('sue'), 'i', given.digest('i'), 1, 'stolen', 'hsm:3', NULL, TRUE) AS
            done
        CROSS JOIN LATERAL jsonb_array_elements(done.answer -> 'steps') AS step
        $$,
        $$
        VALUES
        (FALSE, TRUE, 'true', '3', 'mark_compromised', 'v1', NULL),
        (FALSE, TRUE, 'true', '3', 'create_wallet_version', 'v3', NULL),
        (FALSE, TRUE, 'true', '3', 'set_default_wallet', 'v3', NULL),
        (FALSE, TRUE, 'true', '3', 'move_plings', 'Plings',
            'index 1 to 1, 0 of 0 paths moved'),
        (FALSE, TRUE, 'true', '3', 'open_transfer', 'IKEA',
            'index 2 to 2, 0 of 3 paths moved'),
        (FALSE, TRUE, 'true', '3', 'open_transfer', 'Coca-Cola',
            'index 3 to 3, 0 of 0 paths moved')
        $$,
        'a dry run tells it all'
    );

SELECT
    results_eq(
        $$
        SELECT transfer.value ->> 'id', transfer.value ->> 'manufacturer_name'
        FROM paths.respond_to_key_compromise(
            given.organization_id('ikea'), given.user_id('sue'), 'i', given.digest('i'), 1, 'stolen',
            'hsm:3', NULL, TRUE
        ) AS done
        CROSS JOIN LATERAL jsonb_array_elements(done.answer -> 'transfers') AS transfer
        $$,
        $$ VALUES (NULL, 'Plings'), (NULL, 'IKEA'), (NULL, 'Coca-Cola') $$,
        '… its transfers, too, which have no ids'
    );

RESET ROLE;


SELECT
    results_eq(
        $$
        SELECT count(*), (SELECT count(*) FROM paths.incidents), (SELECT wallet.status FROM
            paths.wallet_versions AS wallet WHERE wallet.version_id = 1) FROM
            paths.wallet_versions
        $$,
        $$
        VALUES (2::bigint, 0::bigint, 'active')
        $$,
        'and does nothing'
    );

SET LOCAL ROLE pgtill_service;


SELECT
    results_eq(
        $$
        SELECT done.replayed, done.answer ->> 'id' IS NULL, done.answer ->> 'is_dry_run',
            done.answer ->> 'successor_version', step.value ->> 'action', step.value ->>
            'subject', step.value ->> 'detail'
        FROM paths.respond_to_key_compromise(given.organization_id('ikea'),
            given.user_id('sue'), 'i', given.digest('i'), 1, 'stolen', 'hsm:3', NULL, FALSE) AS
            done
        CROSS JOIN LATERAL jsonb_array_elements(done.answer -> 'steps') AS step
        $$,
        $$
        VALUES
        (FALSE, FALSE, 'false', '3', 'mark_compromised', 'v1', NULL),
        (FALSE, FALSE, 'false', '3', 'create_wallet_version', 'v3', NULL),
        (FALSE, FALSE, 'false', '3', 'set_default_wallet', 'v3', NULL),
        (FALSE, FALSE, 'false', '3', 'move_plings', 'Plings',
            'index 1 to 1, 0 of 0 paths moved'),
        (FALSE, FALSE, 'false', '3', 'open_transfer', 'IKEA',
            'index 2 to 2, 0 of 3 paths moved'),
        (FALSE, FALSE, 'false', '3', 'open_transfer', 'Coca-Cola',
            'index 3 to 3, 0 of 0 paths moved')
        $$,
        'the real one does what the dry run told; the key was free'
    );

SELECT
    results_eq(
        $$
        SELECT done.replayed, done.answer ->> 'id' IS NULL, done.answer ->> 'is_dry_run',
            done.answer ->> 'successor_version', step.value ->> 'action', step.value ->>
            'subject', step.value ->> 'detail'
        FROM paths.respond_to_key_compromise(given.organization_id('ikea'),
            given.user_id('sue'), 'i', given.digest('i'), 1, 'stolen', 'hsm:3', NULL, FALSE) AS
            done
        CROSS JOIN LATERAL jsonb_array_elements(done.answer -> 'steps') AS step
        $$,
        $$
        VALUES
        (TRUE, FALSE, 'false', '3', 'mark_compromised', 'v1', NULL),
        (TRUE, FALSE, 'false', '3', 'create_wallet_version', 'v3', NULL),
        (TRUE, FALSE, 'false', '3', 'set_default_wallet', 'v3', NULL),
        (TRUE, FALSE, 'false', '3', 'move_plings', 'Plings',
            'index 1 to 1, 0 of 0 paths moved'),
        (TRUE, FALSE, 'false', '3', 'open_transfer', 'IKEA',
            'index 2 to 2, 0 of 3 paths moved'),
        (TRUE, FALSE, 'false', '3', 'open_transfer', 'Coca-Cola',
            'index 3 to 3, 0 of 0 paths moved')
        $$,
        'the key is answered again'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.respond_to_key_compromise(given.organization_id('ikea'),
            given.user_id('sue'), 'j', given.digest('j'), 1, 'stolen', 'hsm:3', NULL, FALSE)
        $$,
        'TL225',
        'wallet version is compromised already',
        'a wallet is lost once'
    );

SELECT
    results_eq(
        $$
        SELECT answer.outcome FROM
            paths.allocate_paths(jsonb_build_array(given.path_order('2.9'),
            given.path_order('2.9', 'w', '{"wallet_version": null}'))) AS answer
        $$,
        $$
        VALUES ('wallet_not_active'), ('manufacturer_not_active')
        $$,
        'it allocates nothing more'
    );

RESET ROLE;


SELECT
    results_eq(
        $$
        SELECT wallet.version_id, wallet.status, wallet.is_default, wallet.compromised_at =
            now() FROM paths.wallet_versions AS wallet ORDER BY wallet.version_id
        $$,
        $$
        VALUES (1, 'compromised', FALSE, TRUE), (2, 'active', FALSE, NULL), (3, 'active',
            TRUE, NULL)
        $$,
        'the successor is the default'
    );

SELECT
    results_eq(
        $$
        SELECT lineage.canonical_name, lineage.current_wallet_version,
            lineage.predecessor_wallet, lineage.status FROM paths.manufacturer_lineage AS
            lineage WHERE lineage.assignment_reason = 'key_compromise' ORDER BY lineage.id
        $$,
        $$
        VALUES ('Plings', 3, 1, 'active'), ('IKEA', 3, 1, 'in_progress'), ('Coca-Cola', 3,
            1, 'active')
        $$,
        'the lineage says so'
    );

SELECT
    results_eq(
        $$
        SELECT maker.manufacturer_name, maker.status FROM paths.manufacturer_registry AS
            maker WHERE maker.wallet_version = 3 ORDER BY maker.manufacturer_index
        $$,
        $$
        VALUES ('Plings', 'active'), ('IKEA', 'transferring'), ('Coca-Cola', 'suspended')
        $$,
        'who is suspended is moved, and stays so'
    );

SELECT
    is_empty(
        $$ SELECT anomaly.* FROM paths.anomalies AS anomaly $$,
        'no anomaly'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
