-- refuse_change(): audit events and used keys are append-only, for everybody.
\ir ../../support/begin.psql

SELECT plan(24);

-- Shape

SELECT is(given.shape('wallets.refuse_change()'), 'volatile invoker, private', 'nobody calls it');
SELECT
    trigger_is(
        'wallets', hook.relation, hook.relation || '_append_only', 'wallets', 'refuse_change',
        format('it stands on %s', hook.relation)
    )
FROM (VALUES ('audit_events'), ('wallet_idempotency_keys')) AS hook (relation);

-- Given a wallet with a key

SELECT given.people() AS shop \gset

SELECT answer.outcome FROM given.register(given.registration('a', 'k')) AS answer \gset

-- Refusals: the superuser, then the superuser where ordinary triggers are off, then the owner

CREATE TEMPORARY TABLE attempts (statement, label) AS
SELECT
    format(attempt.statement, appended.relation) AS statement,
    format('%s of %s', attempt.label, appended.relation) AS label
FROM (VALUES ('audit_events'), ('wallet_idempotency_keys')) AS appended (relation)
CROSS JOIN (
    VALUES
    ('UPDATE wallets.%s SET user_id = user_id WHERE FALSE', 'UPDATE'),
    ('DELETE FROM wallets.%s', 'DELETE'),
    ('TRUNCATE wallets.%s CASCADE', 'TRUNCATE')
) AS attempt (statement, label);

GRANT SELECT ON attempts TO pgtill_owner;

SELECT
    throws_ok(
        attempt.statement,
        'TL101',
        'audit events and used keys are append-only',
        format('%s by the superuser', attempt.label)
    )
FROM attempts AS attempt;

SET LOCAL session_replication_role = replica;

SELECT
    throws_ok(
        attempt.statement,
        'TL101',
        'audit events and used keys are append-only',
        format('%s as a replica would', attempt.label)
    )
FROM attempts AS attempt;

SET LOCAL session_replication_role = origin;
SET LOCAL ROLE pgtill_owner;

SELECT
    throws_ok(
        attempt.statement,
        'TL101',
        'audit events and used keys are append-only',
        format('%s by the owner', attempt.label)
    )
FROM attempts AS attempt;

RESET ROLE;

-- State after

SELECT is(:'outcome'::text, 'registered', 'there was something to change');
SELECT is(count(*), 1::bigint, 'the event is still there') FROM wallets.audit_events;
SELECT is(count(*), 1::bigint, 'and the key') FROM wallets.wallet_idempotency_keys;

SELECT * FROM finish();
ROLLBACK;
