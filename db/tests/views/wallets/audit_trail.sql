-- audit_trail: what operators and auditors read of the events.
\ir ../../support/begin.psql

SELECT plan(4);

SELECT
    columns_are(
        'wallets',
        'audit_trail',
        ARRAY[
            'action', 'user_id', 'resource_type', 'resource_id', 'sequence', 'details', 'created_at'
        ],
        'it has the fields of an event'
    );

-- Given a wallet that was switched off

SELECT given.people() AS shop \gset

SELECT answer.wallet ->> 'id' AS wallet
FROM wallets.register_wallets(jsonb_build_array(given.registration('a', 'k'))) AS answer \gset

SELECT off.wallet ->> 'is_active' AS off
FROM wallets.deactivate_wallet(:shop, :'wallet') AS off \gset

-- Acting as those who read it

SET LOCAL ROLE pgtill_auditor;

SELECT
    results_eq(
        $$
        SELECT event.action, event.user_id, event.resource_type, event.sequence, event.details
        FROM wallets.audit_trail AS event
        ORDER BY event.sequence
        $$,
        $$
        VALUES
        ('register_wallet', given.user_id('ann'), 'wallet_registry', 1::bigint,
            '{"provider": "fincra", "provider_wallet_id": "a", "idempotency_key": "k"}'::jsonb),
        ('deactivate_wallet', given.user_id('ann'), 'wallet_registry', 2,
            '{"provider": "fincra", "provider_wallet_id": "a",
              "before": {"is_active": true}, "after": {"is_active": false}}')
        $$,
        'auditors read every event, the user by the id outside'
    );

SET LOCAL ROLE pgtill_operator;

SELECT is(count(*), 2::bigint, 'operators, too')
FROM wallets.audit_trail AS event
WHERE event.resource_id = :'wallet';

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        'SELECT event.action FROM wallets.audit_trail AS event',
        '42501', 'permission denied for view audit_trail', 'the service does not'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
