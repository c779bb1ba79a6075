-- Deploy pgtill:functions/wallets/register_wallet to pg
-- requires: functions/wallets/register_wallets

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION wallets.register_wallet(
    organization_id bigint,
    user_id text,
    provider text,
    provider_account_id text,
    provider_customer_id text DEFAULT NULL,
    metadata jsonb DEFAULT NULL,
    idempotency_key text DEFAULT NULL
)
RETURNS TABLE (outcome text, is_raced boolean, wallet jsonb)
LANGUAGE sql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT
        answer.outcome,
        answer.is_raced,
        answer.wallet
    FROM wallets.register_wallets(
        jsonb_build_array(
            jsonb_build_object(
                'organization_id', register_wallet.organization_id,
                'user_id', register_wallet.user_id,
                'provider', register_wallet.provider,
                'provider_account_id', register_wallet.provider_account_id,
                'provider_customer_id', register_wallet.provider_customer_id,
                'metadata', register_wallet.metadata,
                'idempotency_key', register_wallet.idempotency_key
            )
        )
    ) AS answer;
END;

COMMENT ON FUNCTION wallets.register_wallet(bigint, text, text, text, text, jsonb, text)
IS
$comment$Register one wallet once: register_wallets() of one item, which has the outcomes.

Raises
  23502  provider_account_id is NULL
  23514  an argument breaks a rule of its table
  40001  another session was first (above READ COMMITTED): call again$comment$;

GRANT EXECUTE
ON FUNCTION wallets.register_wallet(bigint, text, text, text, text, jsonb, text)
TO pgtill_service;

COMMIT;
