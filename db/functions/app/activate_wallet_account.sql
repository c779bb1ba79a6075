-- Deploy pgtill:functions/app/activate_wallet_account to pg
-- requires: tables/app/asset_catalog

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.activate_wallet_account(
    wallet_account_id text,
    chain text,
    network text,
    keyset_id text,
    parent_key_digest text,
    key_material_hash text
)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _bound_count bigint;
BEGIN
    -- Between these statements assets stand on an account that is off; they end on one that is on.
    SET CONSTRAINTS app.asset_catalog_enabled_account_active_fk DEFERRED;

    UPDATE app.wallet_accounts AS account
    SET is_active = false, updated_at = now()
    WHERE account.chain = activate_wallet_account.chain
        AND account.network = activate_wallet_account.network
        AND account.keyset_id = activate_wallet_account.keyset_id
        AND account.is_active;

    INSERT INTO app.wallet_accounts AS account (
        id, chain, network, keyset_id, parent_key_digest, key_material_hash, key_material_hash_algo
    )
    VALUES (
        activate_wallet_account.wallet_account_id,
        activate_wallet_account.chain,
        activate_wallet_account.network,
        activate_wallet_account.keyset_id,
        activate_wallet_account.parent_key_digest,
        activate_wallet_account.key_material_hash,
        'hmac-sha256'
    )
    ON CONFLICT ON CONSTRAINT wallet_accounts_pk DO UPDATE
        SET
            is_active = true,
            derivation_path_template = excluded.derivation_path_template,
            parent_key_digest = excluded.parent_key_digest,
            key_material_hash = excluded.key_material_hash,
            key_material_hash_algo = excluded.key_material_hash_algo,
            updated_at = now();

    UPDATE app.asset_catalog AS catalog
    SET wallet_account_id = activate_wallet_account.wallet_account_id, updated_at = now()
    FROM app.wallet_accounts AS account
    WHERE account.id = catalog.wallet_account_id
        AND account.chain = activate_wallet_account.chain
        AND account.network = activate_wallet_account.network
        AND account.keyset_id = activate_wallet_account.keyset_id;

    GET DIAGNOSTICS _bound_count = ROW_COUNT;
    SET CONSTRAINTS app.asset_catalog_enabled_account_active_fk IMMEDIATE;

    RETURN _bound_count;
END
$function$;

COMMENT ON FUNCTION app.activate_wallet_account(text, text, text, text, text, text)
IS
$comment$Make an account the only active one of its keyset, and bind the keyset's assets to it.

Creates the account if need be. Answers how many assets were bound. Private to sync_wallet_account().$comment$;

COMMIT;
