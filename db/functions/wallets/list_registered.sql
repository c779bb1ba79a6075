-- Deploy pgtill:functions/wallets/list_registered to pg
-- requires: functions/wallets/wallet_payload
-- requires: tables/wallets/wallet_idempotency_keys
-- requires: tables/identity/organization_members

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION wallets.list_registered(
    organization_ids text[], wallet_ids text[], idempotency_keys text[]
)
RETURNS TABLE (answer_position bigint, wallet jsonb, key_wallet_id text)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- A thousand wallets of millions: found by indexes, whatever the planner thinks of arrays.
SET enable_seqscan = off
BEGIN ATOMIC
    SELECT
        asked.answer_position,
        CASE
            WHEN member.user_id IS NOT NULL
                THEN wallets.wallet_payload(registered, person.public_id)
        END AS wallet,
        named.external_id AS key_wallet_id
    FROM
        unnest(
            list_registered.organization_ids,
            list_registered.wallet_ids,
            list_registered.idempotency_keys
        ) WITH ORDINALITY AS asked (organization_id, wallet_id, idempotency_key, answer_position)
    LEFT JOIN identity.organizations AS tenant ON asked.organization_id = tenant.public_id
    LEFT JOIN wallets.wallet_registry AS registered ON asked.wallet_id = registered.external_id
    LEFT JOIN identity.organization_members AS member
        ON tenant.id = member.organization_id AND registered.user_id = member.user_id
    LEFT JOIN identity.users AS person ON member.user_id = person.id
    LEFT JOIN wallets.wallet_idempotency_keys AS used_key
        ON member.user_id = used_key.user_id AND asked.idempotency_key = used_key.idempotency_key
    LEFT JOIN wallets.wallet_registry AS named
        ON
            used_key.user_id = named.user_id
            AND used_key.provider = named.provider
            AND used_key.provider_account_id = named.provider_account_id
    ORDER BY asked.answer_position;
END;

COMMENT ON FUNCTION wallets.list_registered(text[], text[], text[])
IS
$comment$Answer each wallet (wal_...) of a member of an organization (org_...), in the order asked.

wallet is as it stands now, NULL where the organization has no such wallet. key_wallet_id is the wallet
that the key names for the same user, NULL where it names none. What stands twice, which constraints
forbid, gives two rows with one position.$comment$;

GRANT EXECUTE
ON FUNCTION wallets.list_registered(text[], text[], text[])
TO pgtill_operator, pgtill_auditor;

COMMIT;
