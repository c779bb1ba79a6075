-- Deploy pgtill:functions/app/choose_wallet_account to pg
-- requires: tables/app/wallet_accounts

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.choose_wallet_account(
    chain text,
    network text,
    keyset_id text,
    parent_key_digest text,
    key_material_hash text,
    legacy_hashes text[]
)
RETURNS TABLE (wallet_account_id text, action text, match_source text)
LANGUAGE sql
STABLE
BEGIN ATOMIC
    SELECT
        account.id AS wallet_account_id,
        CASE WHEN account.is_active THEN 'reused' ELSE 'reactivated' END AS action,
        CASE
            WHEN account.key_material_hash IS NULL THEN 'unhashed'
            WHEN account.key_material_hash = choose_wallet_account.key_material_hash THEN 'active'
            ELSE 'legacy'
        END AS match_source
    FROM app.wallet_accounts AS account
    WHERE
        account.chain = choose_wallet_account.chain
        AND account.network = choose_wallet_account.network
        AND account.keyset_id = choose_wallet_account.keyset_id
        AND (
            account.key_material_hash = choose_wallet_account.key_material_hash
            OR account.key_material_hash = any(choose_wallet_account.legacy_hashes)
            -- A row that was never hashed is adopted, unless it is known to be of another key.
            OR (account.is_active AND account.key_material_hash IS NULL)
        )
        AND coalesce(account.parent_key_digest = choose_wallet_account.parent_key_digest, TRUE)
    ORDER BY
        account.is_active DESC,
        account.key_material_hash = choose_wallet_account.key_material_hash DESC,
        array_position(choose_wallet_account.legacy_hashes, account.key_material_hash) ASC,
        account.created_at DESC,
        account.id ASC
    LIMIT 1;
END;

COMMENT ON FUNCTION app.choose_wallet_account(text, text, text, text, text, text[])
IS $comment$Find the wallet account of a keyset that a key belongs to; no row when the key is new.

The active account first, then history; the active secret's hash first, then each legacy one.
Private to sync_wallet_account().$comment$;

COMMIT;
