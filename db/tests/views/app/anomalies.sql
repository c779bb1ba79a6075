-- anomalies: empty when all is well, and each of its rules fires when what keeps it is gone.
\ir ../../support/begin.psql

SELECT plan(22);

-- Shape

SELECT
    columns_are(
        'app',
        'anomalies',
        ARRAY['rule', 'subject', 'detail'],
        'it says rule, subject and detail'
    );

-- Given a shop with payment requests on two accounts, one of them rotated away and back

SELECT given.shop() AS shop \gset

SET LOCAL ROLE pgtill_service;

SELECT count(*) AS created
FROM app.allocate_and_insert(
    (
        SELECT
            jsonb_agg(
                given.order('k' || nth, (ARRAY['BTC', 'ETH', 'USDT'])[1 + nth % 3])
                || '{"expected_amount_minor": "000150", "metadata": {"a": 1}}'
            )
        FROM generate_series(1, 12) AS nth
    ),
    given.window('wa_btc_regtest_001', 0, 10) || given.window('wa_eth_sepolia_001', 0, 10)
) \gset
SELECT answer.payment_request ->> 'id' AS testnet
FROM app.allocate_and_insert(
    jsonb_build_array(given.order('k13', fields => '{"network": "testnet"}')),
    jsonb_build_array(
        given.window('wa_btc_testnet_001', 0, 1) -> 0
        || '{"addresses": ["tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx"]}'
    )
) AS answer \gset
SELECT count(*) AS synced FROM given.sync('btc regtest') \gset
SELECT count(*) AS synced FROM given.sync('key b', first_address => 100) \gset
SELECT count(*) AS synced FROM given.sync('btc regtest') \gset

-- Acting as those who read it

SET LOCAL ROLE pgtill_auditor;

SELECT
    is_empty(
        'SELECT anomaly.* FROM app.anomalies AS anomaly',
        'an auditor reads it, and all is well'
    );

SET LOCAL ROLE pgtill_operator;

SELECT is_empty('SELECT anomaly.* FROM app.anomalies AS anomaly', 'an operator, too');

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        'SELECT anomaly.rule FROM app.anomalies AS anomaly',
        '42501', 'permission denied for view anomalies', 'the service does not'
    );

RESET ROLE;

-- Each rule, with the constraint that keeps it dropped, and taken back before the next

CREATE FUNCTION pg_temp.anomalies_after(statements text)
RETURNS text
LANGUAGE plpgsql
AS $function$
DECLARE
    _found text;
BEGIN
    BEGIN
        ALTER TABLE app.payment_requests DISABLE TRIGGER USER;
        ALTER TABLE app.idempotency_records DISABLE TRIGGER USER;
        ALTER TABLE app.wallet_accounts DISABLE TRIGGER USER;
        EXECUTE statements;
        SELECT string_agg(concat_ws(' | ', anomaly.rule, anomaly.subject, anomaly.detail), E'\n' ORDER BY anomaly)
        INTO _found
        FROM app.anomalies AS anomaly;
        RAISE EXCEPTION 'take it back' USING ERRCODE = 'T0000';
    EXCEPTION WHEN SQLSTATE 'T0000' THEN
        RETURN _found;
    END;
END
$function$;

SELECT account.id AS rotated
FROM app.wallet_accounts AS account
WHERE NOT account.is_active \gset

SELECT request.id AS first
FROM app.payment_requests AS request
WHERE request.wallet_account_id = 'wa_btc_regtest_001' AND request.derivation_index = 0 \gset

SELECT
    is(
        pg_temp.anomalies_after(attempt.statements), attempt.found, attempt.description
    )
FROM (
    VALUES
    (
        $$ UPDATE app.wallet_accounts SET next_index = 5 WHERE id = 'wa_btc_regtest_001' $$,
        'cursor_is_not_count | wa_btc_regtest_001 | next_index 5, 4 rows, indexes 0 to 3',
        'a cursor ahead of its rows'
    ),
    (
        $$ UPDATE app.wallet_accounts SET next_index = 3 WHERE id = 'wa_btc_regtest_001' $$,
        'cursor_is_not_count | wa_btc_regtest_001 | next_index 3, 4 rows, indexes 0 to 3',
        'a cursor behind its rows'
    ),
    (
        $$ UPDATE app.wallet_accounts SET next_index = 1 WHERE NOT is_active $$,
        format('cursor_is_not_count | %s | next_index 1, 0 rows, indexes  to ', :'rotated'),
        'a cursor without any row'
    ),
    (
        $$
        DELETE FROM app.idempotency_records
        WHERE resource_id = (
            SELECT request.id
            FROM app.payment_requests AS request
            WHERE request.wallet_account_id = 'wa_btc_regtest_001' AND request.derivation_index = 1
        );
        DELETE FROM app.payment_requests WHERE wallet_account_id = 'wa_btc_regtest_001' AND derivation_index = 1
        $$,
        'cursor_is_not_count | wa_btc_regtest_001 | next_index 4, 3 rows, indexes 0 to 3',
        'a hole'
    ),
    (
        $$
        ALTER TABLE app.payment_requests DROP CONSTRAINT payment_requests_derivation_index_unique;
        UPDATE app.payment_requests SET derivation_index = 0
        WHERE wallet_account_id = 'wa_btc_regtest_001' AND derivation_index = 1;
        UPDATE app.idempotency_records AS record
        SET response_payload = app.payment_request_payload(request)
        FROM app.payment_requests AS request
        WHERE request.id = record.resource_id
        $$,
        'index_twice | wa_btc_regtest_001 | index 0, 2 rows',
        'an index handed out twice'
    ),
    (
        $$
        ALTER TABLE app.payment_requests DROP CONSTRAINT payment_requests_address_unique;
        UPDATE app.payment_requests SET address_canonical = given.address('bitcoin', 0)
        WHERE wallet_account_id = 'wa_btc_regtest_001';
        UPDATE app.idempotency_records AS record
        SET response_payload = app.payment_request_payload(request)
        FROM app.payment_requests AS request
        WHERE request.id = record.resource_id
        $$,
        format('address_twice | bitcoin/regtest/%s | 4 rows', given.address('bitcoin', 0)),
        'an address handed out four times'
    ),
    (
        format('DELETE FROM app.idempotency_records WHERE resource_id = %L', :'first'),
        format('payment_request_without_key | %s | no idempotency record names it', :'first'),
        'a payment request whose key is lost: asked again, it would be made again'
    ),
    (
        $$
        ALTER TABLE app.idempotency_records DROP CONSTRAINT idempotency_records_pk;
        UPDATE app.idempotency_records SET idempotency_key = 'k1' WHERE idempotency_key = 'k2'
        $$,
        format('key_twice | organization %s, k1 | 2 rows', :'shop'),
        'a key used for two payment requests'
    ),
    (
        format(
            'ALTER TABLE app.idempotency_records DROP CONSTRAINT idempotency_records_resource_fk;'
            'DELETE FROM app.payment_requests WHERE id = %L;'
            'UPDATE app.wallet_accounts SET next_index = 0 WHERE id = %L',
            :'testnet', 'wa_btc_testnet_001'
        ),
        format(
            'key_without_payment_request | %s | its organization has no such payment request',
            :'testnet'
        ),
        'a key whose payment request is lost'
    ),
    (
        format(
            'ALTER TABLE app.idempotency_records DROP CONSTRAINT idempotency_records_resource_fk;'
            'UPDATE app.payment_requests SET organization_id ='
            ' (SELECT id FROM identity.organizations WHERE name = ''other'') WHERE id = %L',
            :'testnet'
        ),
        concat_ws(
            E'\n',
            format(
                'key_without_payment_request | %s | its organization has no such payment request',
                :'testnet'
            ),
            format('payment_request_without_key | %s | no idempotency record names it', :'testnet')
        ),
        'a payment request that another organization got'
    ),
    (
        format(
            'ALTER TABLE app.payment_requests'
            ' DROP CONSTRAINT payment_requests_derivation_index_range;'
            'ALTER TABLE app.wallet_accounts DROP CONSTRAINT wallet_accounts_next_index_range;'
            'UPDATE app.payment_requests SET derivation_index = 2147483648 WHERE id = %1$L;'
            'UPDATE app.wallet_accounts SET next_index = 2147483649 WHERE id = %2$L;'
            'UPDATE app.idempotency_records AS record'
            ' SET response_payload = app.payment_request_payload(request)'
            ' FROM app.payment_requests AS request WHERE request.id = record.resource_id',
            :'testnet', 'wa_btc_testnet_001'
        ),
        concat_ws(
            E'\n',
            'cursor_is_not_count | wa_btc_testnet_001'
            ' | next_index 2147483649, 1 rows, indexes 2147483648 to 2147483648',
            format('index_out_of_range | %s | index 2147483648', :'testnet')
        ),
        'an index that BIP32 does not have'
    ),
    (
        format(
            'UPDATE app.payment_requests SET address_canonical = given.address(''bitcoin'', 9)'
            ' WHERE id = %L',
            :'first'
        ),
        format(
            'first_answer_differs | %s | the stored answer is not what the payment request says',
            :'first'
        ),
        'an address changed by hand'
    ),
    (
        format(
            'UPDATE app.payment_requests SET expected_amount_minor = 151 WHERE id = %L',
            :'first'
        ),
        format(
            'first_answer_differs | %s | the stored answer is not what the payment request says',
            :'first'
        ),
        'an amount changed by hand'
    ),
    (
        format('UPDATE app.payment_requests SET status = ''confirmed'' WHERE id = %L', :'first'),
        NULL,
        'a status may change'
    ),
    (
        $$
        DROP INDEX app.wallet_accounts_active_parent_key_unique;
        INSERT INTO app.wallet_accounts (id, chain, network, keyset_id, parent_key_digest)
        VALUES ('wa_twin', 'bitcoin', 'regtest', 'ks_twin', given.digest('btc regtest'))
        $$,
        'parent_key_shared | bitcoin/regtest | 2 active accounts share one key',
        'one key, two cursors'
    ),
    (
        $$ UPDATE app.wallet_accounts SET parent_key_digest = NULL WHERE next_index = 0 $$,
        NULL,
        'accounts that no key was bound to share none'
    ),
    (
        $$
        UPDATE app.wallet_accounts SET parent_key_digest = given.digest('x')
        WHERE id IN ('wa_btc_regtest_001', 'wa_btc_testnet_001')
        $$,
        'parent_key_differs | wa_btc_regtest_001 | not the key that event 3 bound',
        'a used account bound to another key; no event says which was that of testnet'
    )
) AS attempt (statements, found, description);

SELECT is_empty('SELECT anomaly.* FROM app.anomalies AS anomaly', 'all taken back: all is well');

SELECT * FROM finish();
ROLLBACK;
