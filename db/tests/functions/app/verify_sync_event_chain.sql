-- verify_sync_event_chain(): whoever disables the trigger and changes an event is found out.
\ir ../../support/begin.psql

SELECT plan(19);

-- Shape

SELECT
    is(
        given.shape('app.verify_sync_event_chain()'),
        'stable definer, pgtill_auditor pgtill_operator pgtill_service',
        'everybody but PUBLIC calls it'
    );
SELECT
    is(
        pg_get_function_result('app.verify_sync_event_chain()'::regprocedure),
        'TABLE(event_id bigint, problem text)',
        'it answers the first broken link'
    );

SET LOCAL ROLE pgtill_auditor;

SELECT
    is_empty(
        'SELECT broken.* FROM app.verify_sync_event_chain() AS broken',
        'no event, nothing broken'
    );

-- Given six events

SET LOCAL ROLE pgtill_service;

SELECT synced.action FROM given.sync('key a') AS synced \gset
SELECT synced.action FROM given.sync('key a') AS synced \gset
SELECT synced.action FROM given.sync('key b', first_address => 100) AS synced \gset
SELECT synced.action FROM given.sync('key t', network => 'testnet') AS synced \gset
SELECT synced.action FROM given.sync('key a') AS synced \gset
SELECT synced.action FROM given.sync('key e', network => 'sepolia') AS synced \gset

-- Acting as an auditor

SET LOCAL ROLE pgtill_auditor;

SELECT
    is_empty(
        'SELECT broken.* FROM app.verify_sync_event_chain() AS broken',
        'an untouched chain is whole'
    );

RESET ROLE;

-- Given a superuser who disables the trigger. Each attempt is taken back before the next.

CREATE FUNCTION pg_temp.first_broken_after(statement text)
RETURNS text
LANGUAGE plpgsql
AS $function$
DECLARE
    _found text;
BEGIN
    BEGIN
        ALTER TABLE app.wallet_account_sync_events DISABLE TRIGGER USER;
        EXECUTE statement;
        SELECT
            format(
                '%s: %s', broken.event_id,
                regexp_replace(broken.problem, 'wa_bitcoin_regtest_\w+', 'the rotated account')
            )
        INTO _found
        FROM app.verify_sync_event_chain() AS broken;
        RAISE EXCEPTION 'take it back' USING ERRCODE = 'T0000';
    EXCEPTION WHEN SQLSTATE 'T0000' THEN
        RETURN _found;
    END;
END
$function$;

SELECT
    is(
        pg_temp.first_broken_after(attempt.statement), attempt.found, attempt.description
    )
FROM (
    VALUES
    (
        $$ UPDATE app.wallet_account_sync_events SET action = 'reused' WHERE id = 3 $$,
        '3: its content was changed',
        'an event edited'
    ),
    (
        $$
        UPDATE app.wallet_account_sync_events
        SET created_at = created_at - interval '1 us'
        WHERE id = 6
        $$,
        '6: its content was changed',
        'the last event edited'
    ),
    (
        $$
        UPDATE app.wallet_account_sync_events
        SET details = details || '{"note": "x"}'
        WHERE id IN (2, 4)
        $$,
        '2: its content was changed',
        'two events edited: the first is named'
    ),
    (
        $$
        UPDATE app.wallet_account_sync_events AS event
        SET
            action = 'reused',
            event_hash = app.sync_event_hash(
                jsonb_populate_record(event, '{"action": "reused"}')::app.wallet_account_sync_events
            )
        WHERE event.id = 3
        $$,
        '4: it does not follow the event before it',
        'an event edited and hashed anew: its successor gives it away'
    ),
    (
        $$
        UPDATE app.wallet_account_sync_events
        SET event_hash = given.digest('forged')
        WHERE id = 3
        $$,
        '3: its content was changed',
        'a hash forged'
    ),
    (
        $$
        UPDATE app.wallet_account_sync_events
        SET previous_hash = given.digest('forged')
        WHERE id = 3
        $$,
        '3: it does not follow the event before it',
        'a predecessor forged'
    ),
    (
        $$ DELETE FROM app.wallet_account_sync_events WHERE id = 1 $$,
        '2: an event before this one is missing',
        'the first event removed'
    ),
    (
        $$ DELETE FROM app.wallet_account_sync_events WHERE id = 3 $$,
        '4: an event before this one is missing',
        'an event in the middle removed'
    ),
    (
        $$
        DELETE FROM app.wallet_account_sync_events WHERE id = 3;
        UPDATE app.wallet_account_sync_events SET id = id - 1 WHERE id > 3
        $$,
        '3: it does not follow the event before it',
        'an event removed and the gap closed'
    ),
    (
        $$
        UPDATE app.wallet_account_sync_events SET id = 99 WHERE id = 2;
        UPDATE app.wallet_account_sync_events SET id = 2 WHERE id = 3;
        UPDATE app.wallet_account_sync_events SET id = 3 WHERE id = 99
        $$,
        '2: it does not follow the event before it',
        'two events swapped'
    ),
    (
        $$
        INSERT INTO app.wallet_account_sync_events
        SELECT (jsonb_populate_record(event, jsonb_build_object('id', 7, 'previous_hash', given.digest('x')))).*
        FROM app.wallet_account_sync_events AS event
        WHERE event.id = 6
        $$,
        '7: it does not follow the event before it',
        'an event added by hand'
    ),
    (
        $$ DELETE FROM app.wallet_account_sync_events WHERE id = 6 $$,
        '6: the last event of wa_eth_sepolia_001 is missing',
        'the tail cut off'
    ),
    (
        $$ TRUNCATE app.wallet_account_sync_events $$,
        '1: the last event of the rotated account is missing',
        'all of it removed'
    ),
    (
        $$
        UPDATE app.wallet_accounts
        SET key_material_hash = given.digest('x')
        WHERE id = 'wa_btc_testnet_001'
        $$,
        '7: the last event of wa_btc_testnet_001 is missing',
        'an account given another hash without an event'
    )
) AS attempt (statement, found, description);

-- State after

SELECT
    is_empty(
        'SELECT broken.* FROM app.verify_sync_event_chain() AS broken',
        'all taken back: whole again'
    );

SELECT * FROM finish();
ROLLBACK;
