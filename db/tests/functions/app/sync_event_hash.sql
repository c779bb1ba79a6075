-- sync_event_hash(): what is hashed, and how, so that anybody can compute it again.
\ir ../../support/begin.psql

SELECT plan(14);

-- Shape

SELECT
    is(
        given.shape('app.sync_event_hash(app.wallet_account_sync_events)'),
        'stable invoker, private',
        'nobody but the owner calls it'
    );

-- Given an event, and a session that writes times and numbers its own way

SET LOCAL timezone = 'Asia/Kathmandu';
SET LOCAL datestyle = 'German';
SET LOCAL bytea_output = 'escape';

CREATE TEMPORARY TABLE event AS
SELECT made.*
FROM jsonb_populate_record(
    NULL::app.wallet_account_sync_events,
    '{
        "id": 7,
        "chain": "bitcoin",
        "network": "regtest",
        "keyset_id": "ks",
        "wallet_account_id": "wa_1",
        "action": "rotated",
        "match_source": "active",
        "key_material_hash": "aa",
        "key_material_hash_algo": "hmac-sha256",
        "details": {"b": 1, "a": "é"},
        "created_at": "2026-02-28T23:59:59.5Z",
        "previous_hash": "00"
    }'
) AS made;

SELECT
    is(
        app.sync_event_hash(event::text::app.wallet_account_sync_events),
        encode(
            sha256(
                convert_to(
                    '[7, "bitcoin", "regtest", "ks", "wa_1", "rotated", "active", "aa",'
                    ' "hmac-sha256", '
                    '{"a": "é", "b": 1}, "2026-02-28T23:59:59.500000Z", "00"]',
                    'UTF8'
                )
            ),
            'hex'
        ),
        'the SHA-256 of the row as a JSON array in UTF-8, its own hash left out'
    )
FROM event;

SELECT
    isnt(
        app.sync_event_hash(
            jsonb_populate_record(
                event::text::app.wallet_account_sync_events,
                jsonb_build_object(changed.name, changed.value)
            )
        ),
        app.sync_event_hash(event::text::app.wallet_account_sync_events),
        format('%s counts', changed.name)
    )
FROM event
CROSS JOIN (
    VALUES
    ('id', '8'),
    ('chain', 'ethereum'),
    ('network', 'testnet'),
    ('keyset_id', 'ks2'),
    ('wallet_account_id', 'wa_2'),
    ('action', 'reused'),
    ('match_source', 'legacy'),
    ('key_material_hash', 'ab'),
    ('key_material_hash_algo', 'none'),
    ('details', '{}'),
    ('created_at', '2026-02-28T23:59:59.500001Z'),
    ('previous_hash', '01')
) AS changed (name, value);

SELECT * FROM finish();
ROLLBACK;
