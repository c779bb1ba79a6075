-- Deploy pgtill:functions/wallets/register_wallets to pg
-- requires: functions/wallets/insert_registrations
-- requires: functions/wallets/wallet_payload

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION wallets.register_wallets(registrations jsonb)
RETURNS TABLE (item_position integer, outcome text, is_raced boolean, wallet jsonb)
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- A plan made while a table was empty must not scan it when it has millions of rows.
SET enable_seqscan = off
AS $function$
#variable_conflict error
DECLARE
    _claimed integer[];
    _created integer[];
    _wallets jsonb[];
    _raced integer[];
BEGIN
    SELECT done.claimed, done.created, done.wallets, done.raced
    INTO STRICT _claimed, _created, _wallets, _raced
    FROM wallets.insert_registrations(register_wallets.registrations) AS done;

    -- All are new, as they mostly are: there is nothing to look up.
    IF cardinality(_created) = jsonb_array_length(register_wallets.registrations) THEN
        RETURN QUERY
        SELECT made.item_position, 'registered', FALSE, made.payload
        FROM unnest(_created, _wallets) AS made (item_position, payload);
        RETURN;
    END IF;

    -- A statement of its own sees what others committed while the first waited for them.
    RETURN QUERY
    SELECT
        item.item_position,
        CASE
            WHEN item.user_id IS NULL THEN 'user_not_found'
            WHEN item.provider IS NULL THEN 'unsupported_provider'
            WHEN NOT used.is_for_wallet THEN 'idempotency_key_conflict'
            WHEN item.item_position = ANY (_created) THEN 'registered'
            WHEN item.idempotency_key IS NULL OR item.item_position = ANY (_claimed) THEN 'existing'
            ELSE 'replayed'
        END AS outcome,
        item.item_position = ANY (_raced) AS is_raced,
        found.payload AS wallet
    FROM wallets.read_registrations(register_wallets.registrations) AS item
    LEFT JOIN LATERAL (
        SELECT
            used_key.provider = item.provider
            AND used_key.provider_account_id = item.provider_account_id AS is_for_wallet
        FROM wallets.wallet_idempotency_keys AS used_key
        WHERE used_key.user_id = item.user_id AND used_key.idempotency_key = item.idempotency_key
        LIMIT 1
    ) AS used ON TRUE
    LEFT JOIN LATERAL (
        SELECT wallets.wallet_payload(registered, item.public_user_id) AS payload
        FROM wallets.wallet_registry AS registered
        WHERE registered.user_id = item.user_id
            AND registered.provider = item.provider
            AND registered.provider_account_id = item.provider_account_id
            AND used.is_for_wallet IS NOT FALSE
        LIMIT 1
    ) AS found ON TRUE
    ORDER BY item.item_position;
END
$function$;

COMMENT ON FUNCTION wallets.register_wallets(jsonb)
IS
$comment$Register each wallet of a batch once, however often and by however many it is asked for.

registrations  [{organization_id, user_id, provider, provider_account_id, provider_customer_id?,
               metadata?, idempotency_key?}, ...]

Answers one row an item, in order. Each outcome leaves its neighbours alone:
  registered                wallet is new, and audited in one event
  replayed                  the key was used for this wallet before
  existing                  the user has this wallet; the key, if any, was new and is now used for it
  idempotency_key_conflict  the key was used for another wallet of the user
  user_not_found            the user does not exist or is no member of the organization
  unsupported_provider      no such provider
wallet is as it stands now, active or not: nothing but registered takes customer id and metadata from
the item. is_raced says that the insert met what another session had just made.

A key is its user's own. Of two items with one key in a batch, the first says what it is for; of two
with one wallet, the first makes it. All or nothing with the caller's transaction; call it once in
one. Keys, then wallets, are locked in the order of their unique constraints.

Raises
  23502  an item lacks provider_account_id
  23514  an item breaks a rule of its table
  40001  another session was first (above READ COMMITTED): call again$comment$;

GRANT EXECUTE ON FUNCTION wallets.register_wallets(jsonb) TO pgtill_service;

COMMIT;
