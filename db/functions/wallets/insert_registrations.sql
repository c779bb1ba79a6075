-- Deploy pgtill:functions/wallets/insert_registrations to pg
-- requires: functions/wallets/read_registrations
-- requires: functions/wallets/wallet_payload
-- requires: tables/wallets/wallet_idempotency_keys
-- requires: tables/wallets/audit_events

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION wallets.insert_registrations(registrations jsonb)
RETURNS TABLE (claimed integer[], created integer[], wallets jsonb[], raced integer[])
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
BEGIN
    RETURN QUERY
    WITH
    asked AS MATERIALIZED (
        SELECT
            item.*,
            used.user_id IS NOT NULL AS is_key_used,
            known.user_id IS NOT NULL AS is_known
        FROM wallets.read_registrations(insert_registrations.registrations) AS item
        LEFT JOIN LATERAL (
            SELECT used_key.user_id
            FROM wallets.wallet_idempotency_keys AS used_key
            WHERE used_key.user_id = item.user_id AND used_key.idempotency_key = item.idempotency_key
            LIMIT 1
        ) AS used ON TRUE
        LEFT JOIN LATERAL (
            SELECT registered.user_id
            FROM wallets.wallet_registry AS registered
            WHERE registered.user_id = item.user_id
                AND registered.provider = item.provider
                AND registered.provider_account_id = item.provider_account_id
            LIMIT 1
        ) AS known ON TRUE
        WHERE item.user_id IS NOT NULL AND item.provider IS NOT NULL
    ),
    -- Of one key in a batch, the first says what it is for.
    claims AS MATERIALIZED (
        SELECT DISTINCT ON (item.user_id, item.idempotency_key COLLATE "C") item.*
        FROM asked AS item
        WHERE item.idempotency_key IS NOT NULL AND NOT item.is_key_used
        ORDER BY item.user_id, item.idempotency_key COLLATE "C", item.item_position
    ),
    -- Lock order 5, keys, then 6, wallets, each in the order of its unique constraint. The key comes
    -- first: who loses it must not have made a wallet.
    claimed AS (
        INSERT INTO wallets.wallet_idempotency_keys AS used_key (
            user_id, idempotency_key, provider, provider_account_id
        )
        SELECT claim.user_id, claim.idempotency_key, claim.provider, claim.provider_account_id
        FROM claims AS claim
        ORDER BY claim.user_id, claim.idempotency_key COLLATE "C"
        ON CONFLICT ON CONSTRAINT wallet_idempotency_keys_pk DO NOTHING
        RETURNING used_key.user_id, used_key.idempotency_key
    ),
    claims_won AS MATERIALIZED (
        SELECT claim.*
        FROM claims AS claim
        INNER JOIN claimed
            ON claimed.user_id = claim.user_id AND claimed.idempotency_key = claim.idempotency_key
    ),
    -- Who has no key, or won it. Of one wallet in a batch, the first makes it.
    wanted AS MATERIALIZED (
        SELECT DISTINCT ON (item.user_id, item.provider, item.provider_account_id COLLATE "C") item.*
        FROM (
            SELECT keyless.* FROM asked AS keyless WHERE keyless.idempotency_key IS NULL
            UNION ALL
            SELECT won.* FROM claims_won AS won
        ) AS item
        WHERE NOT item.is_known
        ORDER BY
            item.user_id, item.provider, item.provider_account_id COLLATE "C", item.item_position
    ),
    created AS (
        INSERT INTO wallets.wallet_registry AS new_wallet (
            user_id, provider, provider_account_id, provider_customer_id, idempotency_key, metadata
        )
        SELECT
            item.user_id, item.provider, item.provider_account_id, item.provider_customer_id,
            item.idempotency_key, item.metadata
        FROM wanted AS item
        ORDER BY item.user_id, item.provider, item.provider_account_id COLLATE "C"
        ON CONFLICT ON CONSTRAINT wallet_registry_user_provider_account_unique DO NOTHING
        RETURNING new_wallet AS wallet
    ),
    audited AS (
        INSERT INTO wallets.audit_events (resource_id, sequence, action, user_id, details)
        SELECT
            (created.wallet).external_id,
            1,
            'register_wallet',
            (created.wallet).user_id,
            jsonb_build_object(
                'provider', (created.wallet).provider,
                'provider_wallet_id', (created.wallet).provider_account_id,
                'idempotency_key', (created.wallet).idempotency_key
            )
        FROM created
    ),
    wanted_made AS MATERIALIZED (
        SELECT
            item.item_position,
            wallets.wallet_payload(created.wallet, item.public_user_id) AS payload
        FROM wanted AS item
        INNER JOIN created
            ON (created.wallet).user_id = item.user_id
            AND (created.wallet).provider = item.provider
            AND (created.wallet).provider_account_id = item.provider_account_id
    )
    SELECT
        ARRAY(SELECT won.item_position FROM claims_won AS won) AS claimed,
        ARRAY(SELECT made.item_position FROM wanted_made AS made ORDER BY made.item_position) AS created,
        ARRAY(SELECT made.payload FROM wanted_made AS made ORDER BY made.item_position) AS wallets,
        ARRAY(
            (
                SELECT claim.item_position FROM claims AS claim
                EXCEPT SELECT won.item_position FROM claims_won AS won
            )
            UNION (
                SELECT item.item_position FROM wanted AS item
                EXCEPT SELECT made.item_position FROM wanted_made AS made
            )
        ) AS raced;
END
$function$;

COMMENT ON FUNCTION wallets.insert_registrations(jsonb)
IS $comment$Claim keys, make wallets and audit them, in one statement; answer the items that did so.

claimed  items whose key is used for their wallet from now on
created  items that made their wallet, in order
wallets  what each of these made
raced    items that met a key or a wallet which another session had just made

Private to register_wallets(), which documents the argument.$comment$;

COMMIT;
