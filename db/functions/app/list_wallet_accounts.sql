-- Deploy pgtill:functions/app/list_wallet_accounts to pg
-- requires: tables/app/wallet_account_sync_events

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.list_wallet_accounts()
RETURNS TABLE (
    wallet_account_id text,
    chain text,
    network text,
    keyset_id text,
    is_active boolean,
    next_index bigint,
    parent_key_digest text,
    key_material_hash text,
    last_event_id bigint,
    last_action text,
    last_event_at timestamptz
)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT
        account.id AS wallet_account_id,
        account.chain,
        account.network,
        account.keyset_id,
        account.is_active,
        account.next_index,
        account.parent_key_digest,
        account.key_material_hash,
        latest.id AS last_event_id,
        latest.action AS last_action,
        latest.created_at AS last_event_at
    FROM app.wallet_accounts AS account
    LEFT JOIN LATERAL (
        SELECT
            event.id,
            event.action,
            event.created_at
        FROM app.wallet_account_sync_events AS event
        WHERE event.wallet_account_id = account.id
        ORDER BY event.id DESC
        LIMIT 1
    ) AS latest ON TRUE
    ORDER BY
        account.chain COLLATE pg_catalog."C",
        account.network COLLATE pg_catalog."C",
        account.keyset_id COLLATE pg_catalog."C",
        account.id;
END;

COMMENT ON FUNCTION app.list_wallet_accounts()
IS 'Answer every wallet account, inactive ones too, with its cursor and its last sync event.';

GRANT EXECUTE ON FUNCTION app.list_wallet_accounts() TO pgtill_operator, pgtill_auditor;

COMMIT;
