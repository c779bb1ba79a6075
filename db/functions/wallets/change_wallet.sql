-- Deploy pgtill:functions/wallets/change_wallet to pg
-- requires: functions/wallets/wallet_payload
-- requires: tables/wallets/audit_events
-- requires: tables/identity/organization_members

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION wallets.change_wallet(
    organization_id bigint,
    wallet_id text,
    action text,
    changes jsonb
)
RETURNS SETOF jsonb
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _wallet wallets.wallet_registry;
    _before jsonb;
    _after jsonb;
BEGIN
    -- Lock order 6. The wallet's row is the mutex of its events, which are counted without a gap.
    SELECT registered.*
    INTO _wallet
    FROM wallets.wallet_registry AS registered
    INNER JOIN identity.organization_members AS member
        ON member.organization_id = change_wallet.organization_id
        AND member.user_id = registered.user_id
    WHERE registered.external_id = change_wallet.wallet_id
    FOR NO KEY UPDATE OF registered;

    IF NOT FOUND THEN
        RETURN;
    END IF;

    SELECT jsonb_object_agg(field.name, field.old), jsonb_object_agg(field.name, field.new)
    INTO _before, _after
    FROM (
        SELECT change.key AS name, to_jsonb(_wallet) -> change.key AS old, change.value AS new
        FROM jsonb_each(change_wallet.changes) AS change
    ) AS field
    WHERE field.old IS DISTINCT FROM field.new;

    IF _after IS NOT NULL THEN
        _wallet := jsonb_populate_record(_wallet, _after);

        UPDATE wallets.wallet_registry AS registered
        SET
            provider_customer_id = _wallet.provider_customer_id,
            metadata = _wallet.metadata,
            is_active = _wallet.is_active,
            updated_at = greatest(registered.updated_at, clock_timestamp())
        WHERE registered.id = _wallet.id
        RETURNING registered.* INTO _wallet;

        INSERT INTO wallets.audit_events (resource_id, sequence, action, user_id, details)
        SELECT
            _wallet.external_id,
            max(event.sequence) + 1,
            change_wallet.action,
            _wallet.user_id,
            jsonb_build_object(
                'provider', _wallet.provider,
                'provider_wallet_id', _wallet.provider_account_id,
                'before', _before,
                'after', _after
            )
        FROM wallets.audit_events AS event
        WHERE event.resource_id = _wallet.external_id;
    END IF;

    RETURN QUERY
    SELECT wallets.wallet_payload(_wallet, person.public_id)
    FROM identity.users AS person
    WHERE person.id = _wallet.user_id;
END
$function$;

COMMENT ON FUNCTION wallets.change_wallet(bigint, text, text, jsonb)
IS
$comment$Change provider_customer_id, metadata or is_active of a wallet, in one event; answer it.

What is the same already is no change, and no event. No row when no member of the organization has
the wallet.

Private to update_wallet(), deactivate_wallet() and reactivate_wallet().$comment$;

COMMIT;
