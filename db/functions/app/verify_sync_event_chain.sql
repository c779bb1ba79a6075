-- Deploy pgtill:functions/app/verify_sync_event_chain to pg
-- requires: functions/app/sync_event_hash

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.verify_sync_event_chain()
RETURNS TABLE (event_id bigint, problem text)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH
    link AS (
        SELECT
            event.id,
            event.event_hash,
            event.previous_hash,
            app.sync_event_hash(event) AS computed_hash,
            row_number() OVER (ORDER BY event.id) AS place,
            lag(event.event_hash, 1, repeat('0', 64)) OVER (ORDER BY event.id) AS hash_before
        FROM app.wallet_account_sync_events AS event
    ),

    broken AS (
        SELECT
            link.id,
            CASE
                WHEN link.id <> link.place THEN 'an event before this one is missing'
                WHEN link.previous_hash <> link.hash_before
                    THEN 'it does not follow the event before it'
                WHEN link.event_hash <> link.computed_hash THEN 'its content was changed'
            END AS problem
        FROM link

        UNION ALL

        -- The accounts say how many events there must at least be: cutting off the tail shows here.
        SELECT
            (
                SELECT coalesce(max(event.id), 0) + 1
                FROM app.wallet_account_sync_events AS event
            ) AS id,
            format('the last event of %s is missing', account.id) AS problem
        FROM app.wallet_accounts AS account
        WHERE
            account.key_material_hash IS NOT NULL
            AND NOT EXISTS (
                SELECT FROM app.wallet_account_sync_events AS event
                WHERE
                    event.wallet_account_id = account.id
                    AND event.key_material_hash = account.key_material_hash
            )
    )

    SELECT
        broken.id AS event_id,
        broken.problem
    FROM broken
    WHERE broken.problem IS NOT NULL
    ORDER BY broken.id, broken.problem COLLATE pg_catalog."C"
    LIMIT 1;
END;

COMMENT ON FUNCTION app.verify_sync_event_chain()
IS $comment$Name the first broken link of the sync events, or answer no row: the chain is whole.

An event changed by hand no longer matches its hash; one removed leaves a gap; one added or changed
together with its hash no longer matches its successor. A tail cut off is seen where it held the
only event of a wallet account's present hash.$comment$;

GRANT EXECUTE ON FUNCTION app.verify_sync_event_chain()
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
