-- Deploy pgtill:functions/app/sync_event_hash to pg
-- requires: tables/app/wallet_account_sync_events

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.sync_event_hash(event app.wallet_account_sync_events)
RETURNS text
LANGUAGE sql
STABLE
BEGIN ATOMIC
    SELECT
        encode(
            sha256(
                convert_to(
                    jsonb_build_array(
                        (event).id,
                        (event).chain,
                        (event).network,
                        (event).keyset_id,
                        (event).wallet_account_id,
                        (event).action,
                        (event).match_source,
                        (event).key_material_hash,
                        (event).key_material_hash_algo,
                        (event).details,
                        to_char(
                            (event).created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
                        ),
                        (event).previous_hash
                    )::text,
                    'UTF8'
                )
            ),
            'hex'
        );
END;

COMMENT ON FUNCTION app.sync_event_hash(app.wallet_account_sync_events)
IS 'SHA-256, lower hex, of an event''s content and its predecessor''s hash, as JSON, UTF-8.';

COMMIT;
