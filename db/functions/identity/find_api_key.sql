-- Deploy pgtill:functions/identity/find_api_key to pg
-- requires: tables/identity/api_keys

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION identity.find_api_key(key_id text)
RETURNS TABLE (organization_id bigint, secret_hash text, scopes text[], user_id text)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT
        api_key.organization_id,
        api_key.secret_hash,
        api_key.scopes,
        person.public_id
    FROM identity.api_keys AS api_key
    LEFT JOIN identity.users AS person ON api_key.user_id = person.id
    WHERE
        api_key.key_id = find_api_key.key_id
        AND api_key.revoked_at IS NULL;
END;

COMMENT ON FUNCTION identity.find_api_key(text)
IS 'Answer whose key it is, its bcrypt hash, its scopes and its user (usr_… or NULL).

No row when the key is unknown or revoked.';

GRANT EXECUTE ON FUNCTION identity.find_api_key(text) TO pgtill_service;

COMMIT;
