-- Deploy pgtill:functions/app/sync_wallet_account to pg
-- requires: functions/app/choose_wallet_account
-- requires: functions/app/make_wallet_account_id
-- requires: functions/app/refuse_used_key
-- requires: functions/app/activate_wallet_account
-- requires: functions/app/record_sync_event

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.sync_wallet_account(
    chain text,
    network text,
    keyset_id text,
    parent_key_digest text,
    key_material_hash text,
    legacy_hashes text[],
    index0_address text
)
RETURNS TABLE (
    event_id bigint,
    wallet_account_id text,
    action text,
    match_source text,
    next_index bigint,
    previous_wallet_account_id text
)
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _previous_id text;
    _id text;
    _action text;
    _match_source text;
    _bound_count bigint;
BEGIN
    -- Lock order 0: one start-up at a time, however many processes start. Then every cursor, by id.
    PERFORM pg_advisory_xact_lock(hashtextextended('pgtill wallet account sync', 0));
    PERFORM account.id
    FROM app.wallet_accounts AS account
    ORDER BY account.id
    FOR UPDATE;

    SELECT account.id
    INTO _previous_id
    FROM app.wallet_accounts AS account
    WHERE account.chain = sync_wallet_account.chain
        AND account.network = sync_wallet_account.network
        AND account.keyset_id = sync_wallet_account.keyset_id
        AND account.is_active;

    SELECT chosen.wallet_account_id, chosen.action, chosen.match_source
    INTO _id, _action, _match_source
    FROM app.choose_wallet_account(
        sync_wallet_account.chain,
        sync_wallet_account.network,
        sync_wallet_account.keyset_id,
        sync_wallet_account.parent_key_digest,
        sync_wallet_account.key_material_hash,
        sync_wallet_account.legacy_hashes
    ) AS chosen;

    IF _id IS NULL THEN
        _action := 'rotated';
        _match_source := 'active';
        _id := app.make_wallet_account_id(
            sync_wallet_account.chain, sync_wallet_account.network, sync_wallet_account.key_material_hash
        );
    END IF;

    -- An old account at index 0, adopted or switched on again, would begin as a new one does.
    IF NOT EXISTS (
        SELECT FROM app.wallet_accounts AS account
        WHERE account.id = _id AND account.next_index > 0
    ) THEN
        PERFORM app.refuse_used_key(
            sync_wallet_account.chain,
            sync_wallet_account.network,
            sync_wallet_account.parent_key_digest,
            sync_wallet_account.index0_address
        );
    END IF;

    _bound_count := app.activate_wallet_account(
        _id,
        sync_wallet_account.chain,
        sync_wallet_account.network,
        sync_wallet_account.keyset_id,
        sync_wallet_account.parent_key_digest,
        sync_wallet_account.key_material_hash
    );

    IF _bound_count = 0 THEN
        RAISE EXCEPTION 'no asset of the catalog stands on the keyset'
            USING
                ERRCODE = 'TL008',
                DETAIL = format(
                    '%s/%s/%s',
                    sync_wallet_account.chain, sync_wallet_account.network, sync_wallet_account.keyset_id
                );
    END IF;

    RETURN QUERY
    SELECT
        app.record_sync_event(_id, _action, _match_source, _previous_id),
        account.id,
        _action,
        _match_source,
        account.next_index,
        _previous_id
    FROM app.wallet_accounts AS account
    WHERE account.id = _id;
END
$function$;

COMMENT ON FUNCTION app.sync_wallet_account(text, text, text, text, text, text[], text)
IS
$comment$Make the configured key of a keyset the active one of its chain and network, and record it.

parent_key_digest  SHA-256 of chain code and public key, lower hex
key_material_hash  HMAC-SHA256 of the normalised key under the active secret, lower hex
legacy_hashes      the same under each previous secret, in order
index0_address     canonical address of the key's index 0

The active account has that hash (or a legacy one, or none yet): reused. Else an inactive account of
the keyset has: reactivated, its cursor kept. Else: rotated, a new account with cursor 0. In each case
the account's hash is rewritten with the active secret's, the keyset's other accounts are switched
off, its assets are bound to the account, and one event is written: all in the caller's transaction.

Raises
  TL007  the key has handed out addresses before, under another account
  TL008  no asset of the catalog stands on the keyset
  23503  the network is not allowed (wallet_accounts_network_allowed_fk)
  23505  another active account of the network has that key (wallet_accounts_active_parent_key_unique)
  23514  a digest or a name is not well formed
  55P03  another start-up takes longer than lock_timeout$comment$;

GRANT EXECUTE
ON FUNCTION app.sync_wallet_account(text, text, text, text, text, text[], text)
TO pgtill_service;

COMMIT;
