-- Deploy pgtill:views/app/anomalies to pg
-- requires: tables/app/idempotency_records
-- requires: tables/app/asset_catalog
-- requires: tables/app/wallet_account_sync_events

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE VIEW app.anomalies AS

SELECT
    'cursor_is_not_count' AS rule,
    account.id AS subject,
    format(
        'next_index %s, %s rows, indexes %s to %s',
        account.next_index, taken.row_count, taken.lowest, taken.highest
    ) AS detail
FROM app.wallet_accounts AS account
CROSS JOIN
    LATERAL (
        SELECT
            count(*) AS row_count,
            min(request.derivation_index) AS lowest,
            max(request.derivation_index) AS highest
        FROM app.payment_requests AS request
        WHERE request.wallet_account_id = account.id
    ) AS taken
-- With indexes unique, as many rows as the cursor says and none at or above it leave no hole.
WHERE
    taken.row_count <> account.next_index
    OR coalesce(taken.highest, -1) <> account.next_index - 1
    OR coalesce(taken.lowest, 0) <> 0

UNION ALL

SELECT
    'index_twice' AS rule,
    request.wallet_account_id AS subject,
    format('index %s, %s rows', request.derivation_index, count(*)) AS detail
FROM app.payment_requests AS request
GROUP BY request.wallet_account_id, request.derivation_index
HAVING count(*) > 1

UNION ALL

SELECT
    'address_twice' AS rule,
    format('%s/%s/%s', request.chain, request.network, request.address_canonical) AS subject,
    format('%s rows', count(*)) AS detail
FROM app.payment_requests AS request
GROUP BY request.chain, request.network, request.address_canonical
HAVING count(*) > 1

UNION ALL

SELECT
    'payment_request_without_key' AS rule,
    request.id AS subject,
    'no idempotency record names it' AS detail
FROM app.payment_requests AS request
WHERE
    NOT EXISTS (
        SELECT FROM app.idempotency_records AS record
        WHERE record.organization_id = request.organization_id AND record.resource_id = request.id
    )

UNION ALL

SELECT
    'key_twice' AS rule,
    format('organization %s, %s', record.organization_id, record.idempotency_key) AS subject,
    format('%s rows', count(*)) AS detail
FROM app.idempotency_records AS record
GROUP BY
    record.organization_id, record.idempotency_key, record.scope_method, record.scope_path
HAVING count(*) > 1

UNION ALL

SELECT
    'key_without_payment_request' AS rule,
    record.resource_id AS subject,
    'its organization has no such payment request' AS detail
FROM app.idempotency_records AS record
WHERE
    NOT EXISTS (
        SELECT FROM app.payment_requests AS request
        WHERE request.organization_id = record.organization_id AND request.id = record.resource_id
    )

UNION ALL

SELECT
    'index_out_of_range' AS rule,
    request.id AS subject,
    format('index %s', request.derivation_index) AS detail
FROM app.payment_requests AS request
WHERE request.derivation_index < 0 OR request.derivation_index > 2147483647

UNION ALL

SELECT
    'first_answer_differs' AS rule,
    record.resource_id AS subject,
    'the stored answer is not what the payment request says' AS detail
FROM app.idempotency_records AS record
INNER JOIN app.payment_requests AS request ON record.resource_id = request.id
WHERE
    record.response_payload - 'status'
    IS DISTINCT FROM app.payment_request_payload(request) - 'status'

UNION ALL

SELECT
    'parent_key_shared' AS rule,
    format('%s/%s', account.chain, account.network) AS subject,
    format('%s active accounts share one key', count(*)) AS detail
FROM app.wallet_accounts AS account
WHERE account.is_active AND account.parent_key_digest IS NOT NULL
GROUP BY account.chain, account.network, account.parent_key_digest
HAVING count(*) > 1

UNION ALL

SELECT
    'parent_key_differs' AS rule,
    account.id AS subject,
    format('not the key that event %s bound', latest.id) AS detail
FROM app.wallet_accounts AS account
CROSS JOIN
    LATERAL (
        SELECT
            event.id,
            event.details ->> 'parent_key_digest' AS parent_key_digest
        FROM app.wallet_account_sync_events AS event
        WHERE event.wallet_account_id = account.id
        ORDER BY event.id DESC
        LIMIT 1
    ) AS latest
-- Whoever may switch off triggers may bind another key; the events, hash-chained, say which it was.
WHERE
    account.next_index > 0
    AND latest.parent_key_digest IS NOT NULL
    AND account.parent_key_digest IS DISTINCT FROM latest.parent_key_digest;

COMMENT ON VIEW app.anomalies
IS 'Must always be empty. Looks past the constraints, as if they could have been switched off.';
COMMENT ON COLUMN app.anomalies.rule IS 'Which promise is broken.';
COMMENT ON COLUMN app.anomalies.subject IS 'By what.';
COMMENT ON COLUMN app.anomalies.detail IS 'How.';

GRANT SELECT ON app.anomalies TO pgtill_operator, pgtill_auditor;

COMMIT;
