-- Deploy pgtill:functions/wallets/wallet_payload to pg
-- requires: tables/wallets/wallet_registry

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION wallets.wallet_payload(wallet wallets.wallet_registry, user_id text)
RETURNS jsonb
LANGUAGE sql
STABLE
BEGIN ATOMIC
    SELECT
        jsonb_build_object(
            'id', (wallet).external_id,
            'user_id', wallet_payload.user_id,
            'provider', (wallet).provider,
            'provider_account_id', (wallet).provider_account_id,
            'provider_customer_id', (wallet).provider_customer_id,
            'metadata', (wallet).metadata,
            'is_active', (wallet).is_active,
            'created_at',
            to_char((wallet).created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
            'updated_at',
            to_char((wallet).updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
        );
END;

COMMENT ON FUNCTION wallets.wallet_payload(wallets.wallet_registry, text)
IS $comment$Write a wallet as the object the API answers with, given its user's id outside.

Times are RFC 3339 in UTC, to the microsecond. The idempotency key is not shown.$comment$;

COMMIT;
