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

CREATE FUNCTION pg_temp.approve(person text, key text, proposal text)
RETURNS TABLE (replayed boolean, answer jsonb)
LANGUAGE sql
BEGIN ATOMIC
    SELECT
        done.replayed,
        done.answer
    FROM
        paths.approve(
            given.organization_id('ikea'),
            given.user_id(approve.person),
            approve.key,
            given.digest(approve.key),
            approve.proposal
        ) AS done;
END;

SET LOCAL ROLE pgtill_service;

SELECT given.proposed('create_wallet_version', '{"master_key_id": "hsm:3"}') AS proposal \gset

-- Whose approval counts

SELECT
    throws_ok(
        format('SELECT pg_temp.approve(%L, ''a'', %L)', refused.person, refused.proposal),
        refused.code,
        refused.message,
        refused.description
    )
FROM (
    VALUES
    (
        'sue', :'proposal', 'TL223',
        'a proposal is approved by another super-admin than its proposer', 'not by who proposed it'
    ),
    ('ann', :'proposal', 'TL207', 'user is not a super-admin', 'not by an owner'),
    ('sam', 'prp_x', 'TL221', 'proposal does not exist', 'there is none')
) AS refused (person, proposal, code, message, description);
SELECT
    results_eq(
        format(
            $$
            SELECT
                done.replayed,
                done.answer ->> 'status',
                done.answer -> 'result' ->> 'version_name',
                done.answer -> 'result' ->> 'status',
                done.answer -> 'result' ->> 'is_default'
            FROM pg_temp.approve('sam', 'a', %L) AS done
            $$,
            :'proposal'
        ),
        $$ VALUES (FALSE, 'approved', 'v3', 'active', 'false') $$,
        'another approves, and it is carried out'
    );
SELECT
    results_eq(
        format(
            'SELECT done.replayed FROM pg_temp.approve(''sam'', ''a'', %L) AS done', :'proposal'
        ),
        $$ VALUES (TRUE) $$,
        'the key is answered again'
    );
SELECT
    throws_ok(
        format('SELECT pg_temp.approve(''sam'', ''b'', %L)', :'proposal'),
        'TL222', 'proposal is decided', 'once'
    );

-- What it carries out

SELECT given.proposed('set_default_wallet', '{"version_id": 2}', 'p2', 'sam') AS proposal \gset
SELECT
    results_eq(
        format(
            $$
            SELECT done.answer -> 'result' ->> 'version_id', done.answer -> 'result' ->> 'is_default'
            FROM pg_temp.approve('sue', 'c', %L) AS done
            $$,
            :'proposal'
        ),
        $$ VALUES ('2', 'true') $$,
        'the default moves'
    );
SELECT
    given.proposed(
        'set_wallet_status', '{"version_id": 1, "status": "retired"}', 'p3', 'sam'
    ) AS proposal
\gset
SELECT
    results_eq(
        format(
            $$
            SELECT
                done.answer -> 'result' ->> 'status',
                done.answer -> 'result' ->> 'retired_at' IS NOT NULL
            FROM pg_temp.approve('sue', 'd', %L) AS done
            $$,
            :'proposal'
        ),
        $$ VALUES ('retired', TRUE) $$,
        'a wallet is retired'
    );

-- What has become impossible

SELECT
    throws_ok(
        format('SELECT pg_temp.approve(''sue'', ''e'', %L)', refused.proposal),
        refused.code,
        refused.message,
        refused.description
    )
FROM (
    SELECT
        given.proposed(asked.action, asked.arguments::jsonb, asked.description, 'sam') AS proposal,
        asked.code,
        asked.message,
        asked.description
    FROM (
        VALUES
        (
            'create_wallet_version', '{"master_key_id": "hsm:4", "version_name": "v1"}',
            'TL224', 'wallet version name is taken', 'a name once'
        ),
        (
            'set_default_wallet', '{"version_id": 1}',
            'TL205', 'wallet version is not active', 'it is no default any more'
        ),
        (
            'set_wallet_status', '{"version_id": 1, "status": "active"}',
            'TL205', 'wallet version is not active', 'nor ever active'
        ),
        (
            'set_wallet_status', '{"version_id": 9, "status": "active"}',
            'TL204', 'wallet version does not exist', 'no such wallet'
        ),
        (
            'set_wallet_status', '{"version_id": 2, "status": "inactive"}',
            'TL226', 'the default wallet version stays active', 'nor is the default ever not'
        )
    ) AS asked (action, arguments, code, message, description)
) AS refused;

RESET ROLE;

SELECT
    results_eq(
        $$
        SELECT wallet.version_id, wallet.status, wallet.is_default
        FROM paths.wallet_versions AS wallet
        ORDER BY wallet.version_id
        $$,
        $$ VALUES (1, 'retired', FALSE), (2, 'active', TRUE), (3, 'active', FALSE) $$,
        'what was refused did nothing'
    );

SELECT * FROM finish();
ROLLBACK;
