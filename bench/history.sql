-- Fill a database with payment requests of the past, set by set: rows, keys, cursor.
--
-- Run as superuser in a database of the bench alone, between dropping and making again its unique and
-- foreign constraints (bench/history.py). %(first)s … %(last)s are indexes of the sepolia wallet. An
-- address is derived where %(sample_indexes)s has its index, and made up elsewhere: deriving ten
-- million takes longer than loading them, and the database, which checks their form, keeps them alike.

SET LOCAL session_replication_role = replica;
SET LOCAL synchronous_commit = off;

INSERT INTO app.payment_requests (
    id, organization_id, wallet_account_id, chain, network, asset, expected_amount_minor, address_canonical,
    address_scheme, derivation_index, chain_id, metadata, expires_at, created_at
)
SELECT
    'pr_' || lpad(to_hex((extract(EPOCH FROM past.created_at) * 1000)::bigint), 12, '0')
    || lpad(to_hex(past.index), 12, '0'),
    1, 'wa_eth_sepolia_001', 'ethereum', 'sepolia', 'ETH', 150000,
    coalesce(sample.address, '0x' || substr(encode(sha256(int8send(past.index)), 'hex'), 1, 40)),
    'evm_bip44', past.index, 11155111, '{"order": "A-1001"}',
    past.created_at + interval '1 hour', past.created_at
FROM (
    SELECT
        series.index,
        -- A hundred a second until an hour ago.
        now() - interval '1 hour' - (%(last)s::bigint - series.index) * interval '10 milliseconds' AS created_at
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS series (index)
) AS past
LEFT JOIN unnest(%(sample_indexes)s::bigint[], %(sample_addresses)s::text[]) AS sample (index, address)
    ON sample.index = past.index
ORDER BY past.index;

INSERT INTO app.idempotency_records (
    organization_id, scope_method, scope_path, idempotency_key, request_hash, resource_id,
    response_payload, created_at, expires_at
)
SELECT
    1, 'POST', '/v1/payment-requests', 'history-' || lpad(request.derivation_index::text, 10, '0'),
    encode(sha256(int8send(request.derivation_index)), 'hex'), request.id,
    app.payment_request_payload(request), request.created_at, request.created_at + interval '7 days'
FROM app.payment_requests AS request
WHERE
    request.wallet_account_id = 'wa_eth_sepolia_001'
    AND request.derivation_index BETWEEN %(first)s AND %(last)s;
