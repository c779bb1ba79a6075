-- Deploy pgtill:functions/identity/find_signing_secret to pg
-- requires: tables/identity/signing_secrets

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION identity.find_signing_secret(key_id text)
RETURNS TABLE (organization_id bigint, sealed_secret bytea, scopes text[], user_id text)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT
        api_key.organization_id,
        secret.sealed_secret,
        api_key.scopes,
        person.public_id
    FROM identity.signing_secrets AS secret
    INNER JOIN identity.api_keys AS api_key ON secret.key_id = api_key.key_id
    LEFT JOIN identity.users AS person ON api_key.user_id = person.id
    WHERE
        secret.key_id = find_signing_secret.key_id
        AND api_key.revoked_at IS NULL;
END;

COMMENT ON FUNCTION identity.find_signing_secret(text)
IS 'Answer whose key it is, its sealed signing secret, its scopes and its user (usr_… or NULL).

No row when the key is unknown or revoked, or does not sign.';

GRANT EXECUTE ON FUNCTION identity.find_signing_secret(text) TO pgtill_service;

COMMIT;
