-- Deploy pgtill:views/wallets/anomalies to pg
-- requires: tables/wallets/wallet_idempotency_keys
-- requires: tables/wallets/audit_events

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE VIEW wallets.anomalies AS

WITH trail AS (
    SELECT
        event.resource_id,
        count(*) AS event_count,
        max(event.sequence) AS last_sequence
    FROM wallets.audit_events AS event
    GROUP BY event.resource_id
)

SELECT
    'wallet_twice' AS rule,
    format('%s/%s/%s', registered.user_id, registered.provider, registered.provider_account_id)
        AS subject,
    format('%s rows', count(*)) AS detail
FROM wallets.wallet_registry AS registered
GROUP BY registered.user_id, registered.provider, registered.provider_account_id
HAVING count(*) > 1

UNION ALL

SELECT
    'key_twice' AS rule,
    format('%s/%s', used_key.user_id, used_key.idempotency_key) AS subject,
    format('%s rows', count(*)) AS detail
FROM wallets.wallet_idempotency_keys AS used_key
GROUP BY used_key.user_id, used_key.idempotency_key
HAVING count(*) > 1

UNION ALL

SELECT
    'key_without_wallet' AS rule,
    format('%s/%s', used_key.user_id, used_key.idempotency_key) AS subject,
    'its wallet is not registered' AS detail
FROM wallets.wallet_idempotency_keys AS used_key
LEFT JOIN wallets.wallet_registry AS registered
    ON
        used_key.user_id = registered.user_id
        AND used_key.provider = registered.provider
        AND used_key.provider_account_id = registered.provider_account_id
WHERE registered.id IS NULL

UNION ALL

SELECT
    'registration_key_lost' AS rule,
    registered.external_id AS subject,
    'the key that registered it is not recorded for it' AS detail
FROM wallets.wallet_registry AS registered
LEFT JOIN wallets.wallet_idempotency_keys AS used_key
    ON
        registered.user_id = used_key.user_id
        AND registered.idempotency_key = used_key.idempotency_key
        AND registered.provider = used_key.provider
        AND registered.provider_account_id = used_key.provider_account_id
WHERE registered.idempotency_key IS NOT NULL AND used_key.user_id IS NULL

UNION ALL

-- Counted from 1 and unique, as many events as the last one's number leave no hole.
SELECT
    'events_are_not_whole' AS rule,
    registered.external_id AS subject,
    format('%s events, the last is %s', coalesce(trail.event_count, 0), trail.last_sequence)
        AS detail
FROM wallets.wallet_registry AS registered
LEFT JOIN trail ON registered.external_id = trail.resource_id
WHERE trail.event_count IS NULL OR trail.event_count <> trail.last_sequence

UNION ALL

SELECT
    'event_of_another_wallet' AS rule,
    event.resource_id AS subject,
    format('event %s names another user, provider or account', event.sequence) AS detail
FROM wallets.audit_events AS event
LEFT JOIN wallets.wallet_registry AS registered ON event.resource_id = registered.external_id
WHERE
    (event.user_id, event.details ->> 'provider', event.details ->> 'provider_wallet_id')
    IS DISTINCT FROM
    (registered.user_id, registered.provider::text, registered.provider_account_id);

COMMENT ON VIEW wallets.anomalies
IS 'Must always be empty. Looks past the constraints, as if they could have been switched off.';
COMMENT ON COLUMN wallets.anomalies.rule IS 'Which promise is broken.';
COMMENT ON COLUMN wallets.anomalies.subject IS 'By what.';
COMMENT ON COLUMN wallets.anomalies.detail IS 'How.';

GRANT SELECT ON wallets.anomalies TO pgtill_operator, pgtill_auditor;

COMMIT;
