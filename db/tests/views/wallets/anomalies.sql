-- anomalies: empty when all is well, and each of its rules fires when what keeps it is gone.
\ir ../../support/begin.psql

SELECT plan(13);

-- Shape

SELECT
    columns_are(
        'wallets',
        'anomalies',
        ARRAY['rule', 'subject', 'detail'],
        'it says rule, subject and detail'
    );

-- Given wallets of two users, with keys and without, one of them switched off and on

SELECT given.people() AS shop \gset

SELECT count(*) AS registered
FROM given.register(
    given.registration('a', 'k1'), given.registration('a', 'k2'), given.registration('b'),
    given.registration('a', 'k1', person => 'bob')
) \gset

SELECT
    wallet.external_id AS wallet,
    wallet.user_id AS ann
FROM wallets.wallet_registry AS wallet
WHERE wallet.idempotency_key = 'k1' AND wallet.user_id = (
    SELECT person.id FROM identity.users AS person
    WHERE person.public_id = given.user_id('ann')
) \gset

SELECT
    off.wallet ->> 'is_active' AS off,
    back.wallet ->> 'is_active' AS back
FROM wallets.deactivate_wallet(:shop, :'wallet') AS off
CROSS JOIN LATERAL wallets.reactivate_wallet(:shop, off.wallet ->> 'id') AS back \gset

-- Acting as those who read it

SET LOCAL ROLE pgtill_auditor;

SELECT
    is_empty(
        'SELECT broken.* FROM wallets.anomalies AS broken', 'an auditor reads it, and all is well'
    );

SET LOCAL ROLE pgtill_operator;

SELECT is_empty('SELECT broken.* FROM wallets.anomalies AS broken', 'an operator, too');

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        'SELECT broken.rule FROM wallets.anomalies AS broken',
        '42501', 'permission denied for view anomalies', 'the service does not'
    );

RESET ROLE;

-- Each rule, with what keeps it dropped, and taken back before the next

CREATE FUNCTION pg_temp.anomalies_after(statements text)
RETURNS text
LANGUAGE plpgsql
AS $function$
DECLARE
    _found text;
BEGIN
    BEGIN
        ALTER TABLE wallets.wallet_registry DISABLE TRIGGER USER;
        ALTER TABLE wallets.wallet_idempotency_keys DISABLE TRIGGER USER;
        ALTER TABLE wallets.audit_events DISABLE TRIGGER USER;
        ALTER TABLE wallets.wallet_idempotency_keys
            DROP CONSTRAINT wallet_idempotency_keys_wallet_fk;
        ALTER TABLE wallets.audit_events DROP CONSTRAINT audit_events_wallet_fk;
        EXECUTE statements;
        SELECT string_agg(concat_ws(' | ', broken.rule, broken.subject, broken.detail), E'\n' ORDER BY broken)
        INTO _found
        FROM wallets.anomalies AS broken;
        RAISE EXCEPTION 'take it back' USING ERRCODE = 'T0000';
    EXCEPTION WHEN SQLSTATE 'T0000' THEN
        RETURN _found;
    END;
END
$function$;

SELECT
    is(
        pg_temp.anomalies_after(attempt.statements), attempt.found, attempt.description
    )
FROM (
    VALUES
    ('SELECT', NULL, 'without those rules, all is still well'),
    (
        'ALTER TABLE wallets.wallet_registry'
        ' DROP CONSTRAINT wallet_registry_user_provider_account_unique;'
        ' INSERT INTO wallets.wallet_registry (external_id, user_id, provider, provider_account_id)'
        ' SELECT ''wal_000000000000000000000000'', user_id, provider, provider_account_id'
        ' FROM wallets.wallet_registry WHERE provider_account_id = ''b'';'
        ' INSERT INTO wallets.audit_events (resource_id, sequence, action, user_id, details)'
        ' SELECT ''wal_000000000000000000000000'', sequence, action, user_id, details'
        ' FROM wallets.audit_events WHERE details ->> ''provider_wallet_id'' = ''b''',
        format('wallet_twice | %s/fincra/b | 2 rows', :ann),
        'a wallet registered twice'
    ),
    (
        'ALTER TABLE wallets.wallet_idempotency_keys DROP CONSTRAINT wallet_idempotency_keys_pk;'
        ' UPDATE wallets.wallet_idempotency_keys SET idempotency_key = ''k1''',
        format('key_twice | %s/k1 | 2 rows', :ann),
        'a key used twice'
    ),
    (
        'UPDATE wallets.wallet_idempotency_keys SET provider_account_id = ''c'''
        ' WHERE idempotency_key = ''k2''',
        format('key_without_wallet | %s/k2 | its wallet is not registered', :ann),
        'a key of a wallet that is not there'
    ),
    (
        format(
            'DELETE FROM wallets.wallet_idempotency_keys WHERE idempotency_key = ''k1'''
            ' AND user_id = %s',
            :ann
        ),
        format(
            'registration_key_lost | %s | the key that registered it is not recorded for it',
            :'wallet'
        ),
        'a key that was forgotten: asked again, it could be used for another wallet'
    ),
    (
        format('DELETE FROM wallets.audit_events WHERE resource_id = %L', :'wallet'),
        format('events_are_not_whole | %s | 0 events, the last is ', :'wallet'),
        'a wallet without any event'
    ),
    (
        format(
            'DELETE FROM wallets.audit_events WHERE resource_id = %L AND sequence = 2', :'wallet'
        ),
        format('events_are_not_whole | %s | 2 events, the last is 3', :'wallet'),
        'an event taken out'
    ),
    (
        format(
            'UPDATE wallets.audit_events SET user_id = user_id + 1'
            ' WHERE resource_id = %L AND sequence = 3',
            :'wallet'
        ),
        format(
            'event_of_another_wallet | %s | event 3 names another user, provider or account',
            :'wallet'
        ),
        'an event of another user'
    ),
    (
        'INSERT INTO wallets.audit_events (resource_id, sequence, action, user_id, details)'
        ' VALUES (''wal_000000000000000000000000'', 1, ''register_wallet'', 1, ''{}'')',
        'event_of_another_wallet | wal_000000000000000000000000 | event 1 names another user,'
        ' provider or account',
        'an event of no wallet'
    )
) AS attempt (statements, found, description);

SELECT * FROM finish();
ROLLBACK;
