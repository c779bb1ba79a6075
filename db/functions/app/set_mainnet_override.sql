-- Deploy pgtill:functions/app/set_mainnet_override to pg
-- requires: tables/app/networks

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.set_mainnet_override(allow boolean)
RETURNS TABLE (chain text, network text, is_allowed boolean)
LANGUAGE sql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    UPDATE app.networks AS place
    SET is_allowed = set_mainnet_override.allow
    WHERE place.is_mainnet
    RETURNING place.chain, place.network, place.is_allowed;
END;

COMMENT ON FUNCTION app.set_mainnet_override(boolean)
IS
$comment$Allow or forbid wallet accounts on networks whose coins are money.

Raises
  23502  allow is NULL
  23503  a wallet account stands on a mainnet (wallet_accounts_network_allowed_fk)$comment$;

GRANT EXECUTE ON FUNCTION app.set_mainnet_override(boolean) TO pgtill_operator;

COMMIT;
