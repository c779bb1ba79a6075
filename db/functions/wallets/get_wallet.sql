-- Deploy pgtill:functions/wallets/get_wallet to pg
-- requires: functions/wallets/wallet_payload
-- requires: tables/identity/organization_members

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION wallets.get_wallet(organization_id bigint, wallet_id text)
RETURNS TABLE (wallet jsonb)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT wallets.wallet_payload(registered, person.public_id) AS wallet
    FROM wallets.wallet_registry AS registered
    INNER JOIN identity.organization_members AS member
        ON
            member.organization_id = get_wallet.organization_id
            AND registered.user_id = member.user_id
    INNER JOIN identity.users AS person ON registered.user_id = person.id
    WHERE registered.external_id = get_wallet.wallet_id;
END;

COMMENT ON FUNCTION wallets.get_wallet(bigint, text)
IS 'Answer a wallet of a member of the organization, or no row: another''s is as if not there.';

GRANT EXECUTE ON FUNCTION wallets.get_wallet(bigint, text) TO pgtill_service;

COMMIT;
