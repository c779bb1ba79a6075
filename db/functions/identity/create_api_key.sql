-- Deploy pgtill:functions/identity/create_api_key to pg
-- requires: tables/identity/api_keys

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION identity.create_api_key(
    organization_id text,
    key_id text,
    secret_hash text,
    scopes text[]
)
RETURNS timestamptz
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _created_at timestamptz;
BEGIN
    INSERT INTO identity.api_keys AS api_key (key_id, organization_id, secret_hash, scopes)
    SELECT
        create_api_key.key_id,
        organization.id,
        create_api_key.secret_hash,
        create_api_key.scopes
    FROM identity.organizations AS organization
    WHERE organization.public_id = create_api_key.organization_id
    RETURNING api_key.created_at INTO _created_at;

    IF NOT FOUND THEN
        RAISE EXCEPTION 'organization does not exist'
            USING
                ERRCODE = 'TL901',
                DETAIL = format('organization_id is %L', create_api_key.organization_id);
    END IF;

    RETURN _created_at;
END
$function$;

COMMENT ON FUNCTION identity.create_api_key(text, text, text, text[])
IS
$comment$Store an API key of an organization; the caller made the secret and sends its bcrypt hash.

Raises
  TL901  organization does not exist
  23502  an argument is NULL
  23505  key_id is in use (api_keys_pk)
  23514  key id, hash or scopes are not well formed (api_keys_key_id_shape,
         api_keys_secret_hash_bcrypt, api_keys_scopes_known, api_keys_scopes_not_empty)$comment$;

GRANT EXECUTE
ON FUNCTION identity.create_api_key(text, text, text, text[])
TO pgtill_operator;

COMMIT;
