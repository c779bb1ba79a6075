-- refuse_payment_request_change(): what was answered never changes, for everybody.
\ir ../../support/begin.psql

SELECT plan(36);

-- Shape

SELECT
    is(
        given.shape('app.refuse_payment_request_change()'),
        'volatile invoker, private',
        'nobody calls it'
    );
SELECT
    trigger_is(
        'app', 'payment_requests', hook.name, 'app', 'refuse_payment_request_change',
        format('%s stands on the payment requests', hook.name)
    )
FROM (
    VALUES
    ('payment_requests_answer_never_changes'),
    ('payment_requests_never_removed')
) AS hook (name);

-- Given one payment request

SELECT given.shop() AS shop \gset

SET LOCAL ROLE pgtill_service;

SELECT
    is(
        answer.outcome, 'created', 'an address is handed out'
    )
FROM app.allocate_and_insert(
    jsonb_build_array(given.order('a', 'USDT')), given.window('wa_eth_sepolia_001', 0, 1)
) AS answer;

RESET ROLE;

SELECT to_jsonb(request) AS before
FROM app.payment_requests AS request \gset

-- Acting as the owner

SET LOCAL ROLE pgtill_owner;

SELECT
    lives_ok(
        format('UPDATE app.payment_requests SET status = %L', allowed.status),
        format('the status may become %s', allowed.status)
    )
FROM unnest('{detected,confirmed,reorged,expired,failed,pending}'::text[]) AS allowed (status);

-- Refusals

SELECT
    throws_ok(
        format('UPDATE app.payment_requests SET %s', change.assignment),
        'TL005',
        'what a payment request answered never changes',
        format('the owner may not set %s', change.assignment)
    )
FROM (
    VALUES
    ('id = ''pr_000000000000000000000000'''),
    ('organization_id = organization_id - 1'),
    ('wallet_account_id = ''wa_btc_regtest_001'''),
    ('chain = ''bitcoin'''),
    ('network = ''mainnet'''),
    ('asset = ''ETH'''),
    ('expected_amount_minor = 1'),
    ('address_canonical = ''0x0000000000000000000000000000000000000000'''),
    ('address_scheme = ''other'''),
    ('derivation_index = 1'),
    ('chain_id = 1'),
    ('token_standard = NULL'),
    ('token_contract = NULL'),
    ('token_decimals = NULL'),
    ('metadata = ''{"a": 1}'''),
    ('expires_at = expires_at + interval ''1 us'''),
    ('created_at = created_at - interval ''1 us'''),
    ('status = ''failed'', expected_amount_minor = 1')
) AS change (assignment);
SELECT
    throws_ok(
        attempt.statement,
        'TL005',
        'what a payment request answered never changes',
        format('%s by the owner', attempt.label)
    )
FROM (
    VALUES
    ('DELETE FROM app.payment_requests', 'DELETE'),
    ('DELETE FROM app.payment_requests WHERE FALSE', 'DELETE of nothing'),
    ('TRUNCATE app.payment_requests CASCADE', 'TRUNCATE'),
    ('TRUNCATE app.wallet_accounts CASCADE', 'TRUNCATE of what it hangs on')
) AS attempt (statement, label);

RESET ROLE;
SET LOCAL session_replication_role = replica;

SELECT
    throws_ok(
        attempt.statement,
        'TL005',
        'what a payment request answered never changes',
        format('%s by the superuser, as a replica would', attempt.label)
    )
FROM (
    VALUES
    ('UPDATE app.payment_requests SET address_canonical = upper(address_canonical)', 'UPDATE'),
    ('DELETE FROM app.payment_requests', 'DELETE'),
    ('TRUNCATE app.payment_requests CASCADE', 'TRUNCATE')
) AS attempt (statement, label);

SET LOCAL session_replication_role = origin;

-- State after

SELECT
    is(
        to_jsonb(request), :'before'::jsonb, 'the payment request is what it was'
    )
FROM app.payment_requests AS request;

SELECT * FROM finish();
ROLLBACK;
