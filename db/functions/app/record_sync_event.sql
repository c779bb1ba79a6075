-- Deploy pgtill:functions/app/record_sync_event to pg
-- requires: functions/app/chain_sync_event

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.record_sync_event(
    wallet_account_id text,
    action text,
    match_source text,
    previous_wallet_account_id text
)
RETURNS bigint
LANGUAGE sql
VOLATILE
BEGIN ATOMIC
    INSERT INTO app.wallet_account_sync_events AS event (
        chain, network, keyset_id, wallet_account_id,
        action, match_source, key_material_hash, details
    )
    SELECT
        account.chain,
        account.network,
        account.keyset_id,
        account.id,
        record_sync_event.action,
        record_sync_event.match_source,
        account.key_material_hash,
        jsonb_strip_nulls(
            jsonb_build_object(
                'selected_from',
                CASE record_sync_event.action
                    WHEN 'reused' THEN 'active'
                    WHEN 'reactivated' THEN 'historical'
                    ELSE 'new'
                END,
                'hash_prefix', left(account.key_material_hash, 12),
                'parent_key_digest', account.parent_key_digest,
                'previous_active_wallet_account_id', record_sync_event.previous_wallet_account_id
            )
        ) AS details
    FROM app.wallet_accounts AS account
    WHERE account.id = record_sync_event.wallet_account_id
    RETURNING event.id;
END;

COMMENT ON FUNCTION app.record_sync_event(text, text, text, text)
IS $comment$Write the event of a start-up that made a wallet account the active one; answer its id.

previous_wallet_account_id  the account that was active before, or NULL
Private to sync_wallet_account().$comment$;

COMMIT;
