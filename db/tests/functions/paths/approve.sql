-- approve(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(15);

-- Shape

SELECT
    is(
        given.shape('paths.approve(bigint, text, text, text, text)'),
        'volatile definer, pgtill_service',
        'callable by service only'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_service;


SELECT made.answer ->> 'id' AS proposal
FROM
    paths.propose(
        given.organization_id('ikea'), given.user_id('sue'), 'p', given.digest('p'),
        'create_wallet_version', '{"master_key_id": "hsm:3"}'
    ) AS made
\gset

SELECT
    throws_ok(
        format(
            $$
            SELECT paths.approve(given.organization_id('ikea'), given.user_id('sue'), 'a',
                given.digest('a'), %L)
            $$,
            :'proposal'
        ),
        'TL223',
        'a proposal is approved by another super-admin than its proposer',
        'not by who proposed it'
    );

SELECT
    throws_ok(
        format(
            $$
            SELECT paths.approve(given.organization_id('ikea'), given.user_id('ann'), 'a',
                given.digest('a'), %L)
            $$,
            :'proposal'
        ),
        'TL207',
        'user is not a super-admin',
        'not by an owner'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.approve(given.organization_id('ikea'), given.user_id('sam'), 'a',
            given.digest('a'), 'prp_x')
        $$,
        'TL221',
        'proposal does not exist',
        'there is none'
    );

SELECT
    results_eq(
        format(
            $$
            SELECT done.replayed, done.answer ->> 'status', done.answer -> 'result' ->>
                'version_name', done.answer -> 'result' ->> 'status', done.answer -> 'result'
                ->> 'is_default' FROM paths.approve(given.organization_id('ikea'),
                given.user_id('sam'), 'a', given.digest('a'), %L) AS done
            $$,
            :'proposal'
        ),
        $$
        VALUES (FALSE, 'approved', 'v3', 'active', 'false')
        $$,
        'another approves, and it is carried out'
    );

SELECT
    results_eq(
        format(
            $$
            SELECT done.replayed FROM paths.approve(given.organization_id('ikea'),
                given.user_id('sam'), 'a', given.digest('a'), %L) AS done
            $$,
            :'proposal'
        ),
        $$
        VALUES (TRUE)
        $$,
        'the key is answered again'
    );

SELECT
    throws_ok(
        format(
            $$
            SELECT paths.approve(given.organization_id('ikea'), given.user_id('sam'), 'b',
                given.digest('b'), %L)
            $$,
            :'proposal'
        ),
        'TL222',
        'proposal is decided',
        'once'
    );

SELECT made.answer ->> 'id' AS proposal
FROM
    paths.propose(
        given.organization_id('ikea'), given.user_id('sue'), 'p2',
        given.digest('p2'),
        'create_wallet_version',
        '{"master_key_id": "hsm:4", "version_name": "v1"}'
    )
        AS made
\gset

SELECT
    throws_ok(
        format(
            $$
            SELECT paths.approve(given.organization_id('ikea'), given.user_id('sam'), 'b',
                given.digest('b'), %L)
            $$,
            :'proposal'
        ),
        'TL224',
        'wallet version name is taken',
        'a name once'
    );

SELECT made.answer ->> 'id' AS proposal
FROM
    paths.propose(
        given.organization_id('ikea'), given.user_id('sam'), 'p3',
        given.digest('p3'), 'set_default_wallet', '{"version_id": 2}'
    ) AS made
\gset

SELECT
    results_eq(
        format(
            $$
            SELECT done.answer -> 'result' ->> 'version_id', done.answer -> 'result' ->>
                'is_default' FROM paths.approve(given.organization_id('ikea'),
                given.user_id('sue'), 'c', given.digest('c'), %L) AS done
            $$,
            :'proposal'
        ),
        $$
        VALUES ('2', 'true')
        $$,
        'the default moves'
    );

SELECT made.answer ->> 'id' AS proposal
FROM
    paths.propose(
        given.organization_id('ikea'), given.user_id('sam'), 'p4',
        given.digest('p4'), 'set_wallet_status', '{"version_id": 1, "status": "retired"}'
    ) AS made
\gset

SELECT
    results_eq(
        format(
            $$
            SELECT done.answer -> 'result' ->> 'status', done.answer -> 'result' ->>
                'retired_at' IS NOT NULL FROM paths.approve(given.organization_id('ikea'),
                given.user_id('sue'), 'd', given.digest('d'), %L) AS done
            $$,
            :'proposal'
        ),
        $$
        VALUES ('retired', TRUE)
        $$,
        'a wallet is retired'
    );

SELECT made.answer ->> 'id' AS proposal
FROM
    paths.propose(
        given.organization_id('ikea'), given.user_id('sam'), 'p5',
        given.digest('p5'), 'set_default_wallet', '{"version_id": 1}'
    ) AS made
\gset

SELECT
    throws_ok(
        format(
            $$
            SELECT paths.approve(given.organization_id('ikea'), given.user_id('sue'), 'e',
                given.digest('e'), %L)
            $$,
            :'proposal'
        ),
        'TL205',
        'wallet version is not active',
        'it is no default any more'
    );

SELECT made.answer ->> 'id' AS proposal
FROM
    paths.propose(
        given.organization_id('ikea'), given.user_id('sam'), 'p6',
        given.digest('p6'), 'set_wallet_status', '{"version_id": 1, "status": "active"}'
    ) AS made
\gset

SELECT
    throws_ok(
        format(
            $$
            SELECT paths.approve(given.organization_id('ikea'), given.user_id('sue'), 'e',
                given.digest('e'), %L)
            $$,
            :'proposal'
        ),
        'TL205',
        'wallet version is not active',
        'nor ever active'
    );

SELECT made.answer ->> 'id' AS proposal
FROM
    paths.propose(
        given.organization_id('ikea'), given.user_id('sam'), 'p7',
        given.digest('p7'), 'set_wallet_status', '{"version_id": 9, "status": "active"}'
    ) AS made
\gset

SELECT
    throws_ok(
        format(
            $$
            SELECT paths.approve(given.organization_id('ikea'), given.user_id('sue'), 'e',
                given.digest('e'), %L)
            $$,
            :'proposal'
        ),
        'TL204',
        'wallet version does not exist',
        'no such wallet'
    );

SELECT made.answer ->> 'id' AS proposal
FROM
    paths.propose(
        given.organization_id('ikea'), given.user_id('sam'), 'p8',
        given.digest('p8'), 'set_wallet_status', '{"version_id": 2, "status": "inactive"}'
    ) AS made
\gset

SELECT
    throws_ok(
        format(
            $$
            SELECT paths.approve(given.organization_id('ikea'), given.user_id('sue'), 'e',
                given.digest('e'), %L)
            $$,
            :'proposal'
        ),
        'TL226',
        'the default wallet version stays active',
        'nor is the default ever not'
    );

RESET ROLE;


SELECT
    results_eq(
        $$
        SELECT wallet.version_id, wallet.status, wallet.is_default FROM
            paths.wallet_versions AS wallet ORDER BY wallet.version_id
        $$,
        $$
        VALUES (1, 'retired', FALSE), (2, 'active', TRUE), (3, 'active', FALSE)
        $$,
        'what was refused did nothing'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
