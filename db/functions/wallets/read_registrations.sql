-- Deploy pgtill:functions/wallets/read_registrations to pg
-- requires: types/wallets/wallet_provider
-- requires: tables/identity/organization_members

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION wallets.read_registrations(registrations jsonb)
RETURNS TABLE (
    item_position integer,
    user_id bigint,
    public_user_id text,
    provider wallets.wallet_provider,
    provider_account_id text,
    provider_customer_id text,
    metadata jsonb,
    idempotency_key text
)
LANGUAGE sql
STABLE
BEGIN ATOMIC
    SELECT
        item.item_position::integer AS item_position,
        member.user_id,
        item.user_id AS public_user_id,
        CASE
            WHEN item.provider = ANY(
                (SELECT enum_range(NULL::wallets.wallet_provider)::text[])::text[]
            ) THEN item.provider::wallets.wallet_provider
        END AS provider,
        item.provider_account_id,
        item.provider_customer_id,
        coalesce(item.metadata, '{}') AS metadata,
        item.idempotency_key
    FROM ROWS FROM (
        jsonb_to_recordset(read_registrations.registrations) AS (
            organization_id bigint,
            user_id text,
            provider text,
            provider_account_id text,
            provider_customer_id text,
            metadata jsonb,
            idempotency_key text
        )
    ) WITH ORDINALITY AS item (
        organization_id, user_id, provider, provider_account_id, provider_customer_id,
        metadata, idempotency_key, item_position
    )
    LEFT JOIN LATERAL (
        SELECT membership.user_id
        FROM identity.users AS person
        INNER JOIN identity.organization_members AS membership
            ON membership.organization_id = item.organization_id AND person.id = membership.user_id
        WHERE person.public_id = item.user_id
        LIMIT 1
    ) AS member ON TRUE;
END;

COMMENT ON FUNCTION wallets.read_registrations(jsonb)
IS $comment$Read a batch of registrations: a user who is no member has no id, an unknown provider none.

Private to register_wallets(), which documents the argument.$comment$;

COMMIT;
