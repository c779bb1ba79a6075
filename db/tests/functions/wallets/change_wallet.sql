-- change_wallet(): one event a change, counted without a gap. What it is for is walked in
-- update_wallet.sql, deactivate_wallet.sql and reactivate_wallet.sql.
\ir ../../support/begin.psql

SELECT plan(5);

-- Shape

SELECT
    is(
        given.shape('wallets.change_wallet(bigint, text, text, jsonb)'),
        'volatile invoker, private',
        'nobody but the owner calls it'
    );

-- Given a wallet that was registered an hour ahead, by a server whose clock was wrong

SELECT given.people() AS shop \gset

SELECT answer.wallet ->> 'id' AS wallet
FROM wallets.register_wallets(jsonb_build_array(given.registration('a'))) AS answer \gset

UPDATE wallets.wallet_registry SET updated_at = updated_at + interval '1 hour';

-- Acting as the owner

SET LOCAL ROLE pgtill_owner;

SELECT
    is(
        (changed.wallet -> 'is_active')::text || ' ' || (changed.wallet ->> 'provider_customer_id'),
        'false c',
        'several columns in one change'
    )
FROM wallets.change_wallet(
    :shop,
    :'wallet',
    'update_wallet',
    '{"is_active": false, "provider_customer_id": "c", "metadata": {}}'
) AS changed (wallet);
SELECT
    is_empty(
        format(
            'SELECT wallets.change_wallet('
            'given.organization_id(''other''), %L, ''update_wallet'', ''{}'')',
            :'wallet'
        ),
        'another organization''s wallet is as if not there'
    );

RESET ROLE;

-- State after

SELECT
    results_eq(
        'SELECT event.sequence, event.action, event.details FROM wallets.audit_events AS event',
        $$
        VALUES
        (1::bigint, 'register_wallet',
            '{"provider": "fincra", "provider_wallet_id": "a", "idempotency_key": null}'::jsonb),
        (2, 'update_wallet',
            '{"provider": "fincra", "provider_wallet_id": "a",
              "before": {"is_active": true, "provider_customer_id": null},
              "after": {"is_active": false, "provider_customer_id": "c"}}')
        $$,
        'one event, of what is no longer the same'
    );
SELECT
    is(
        wallet.updated_at, wallet.created_at + interval '1 hour', 'updated_at never goes back'
    )
FROM wallets.wallet_registry AS wallet;

SELECT * FROM finish();
ROLLBACK;
