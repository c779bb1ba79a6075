-- reactivate_wallet(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(7);

-- Shape

SELECT
    is(
        given.shape('wallets.reactivate_wallet(bigint, text)'),
        'volatile definer, pgtill_service',
        'only the service calls it'
    );

-- Given a wallet that is off

SELECT given.people() AS shop \gset

SELECT answer.wallet ->> 'id' AS wallet
FROM wallets.register_wallets(jsonb_build_array(given.registration('a', 'k'))) AS answer \gset

SELECT off.wallet ->> 'is_active' AS before
FROM wallets.deactivate_wallet(:shop, :'wallet') AS off \gset

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT is(changed.wallet ->> 'is_active', 'true', 'it is switched on')
FROM wallets.reactivate_wallet(:shop, :'wallet') AS changed;
SELECT is(changed.wallet, found.wallet, 'a second time changes nothing')
FROM wallets.get_wallet(:shop, :'wallet') AS found
CROSS JOIN wallets.reactivate_wallet(:shop, :'wallet') AS changed;
SELECT
    is_empty(
        format(
            'SELECT changed.* FROM wallets.reactivate_wallet(%L, %L) AS changed',
            asked.tenant,
            asked.id
        ),
        asked.label
    )
FROM (
    VALUES
    (
        given.organization_id('other'),
        :'wallet',
        'another organization''s wallet is as if not there'
    ),
    (:shop, 'wal_000000000000000000000000', 'nor is an unknown one')
) AS asked (tenant, id, label);

RESET ROLE;

-- State after

SELECT
    results_eq(
        $$
        SELECT event.sequence, event.action, event.details -> 'before', event.details -> 'after'
        FROM wallets.audit_events AS event
        ORDER BY event.sequence
        $$,
        $$
        VALUES
        (1::bigint, 'register_wallet', NULL::jsonb, NULL::jsonb),
        (2, 'deactivate_wallet', '{"is_active": true}', '{"is_active": false}'),
        (3, 'reactivate_wallet', '{"is_active": false}', '{"is_active": true}')
        $$,
        'one event'
    );
SELECT is_empty('SELECT broken.* FROM wallets.anomalies AS broken', 'nothing is amiss');

SELECT * FROM finish();
ROLLBACK;
