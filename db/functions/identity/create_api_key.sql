-- Deploy pgtill:functions/identity/create_api_key to pg
-- requires: tables/identity/api_keys

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION identity.create_api_key(
    organization_id text,
    key_id text,
    secret_hash text,
    scopes text[],
    user_id text DEFAULT NULL
)
RETURNS timestamptz
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _organization_id bigint;
    _user_id bigint;
    _created_at timestamptz;
BEGIN
    SELECT organization.id
    INTO _organization_id
    FROM identity.organizations AS organization
    WHERE organization.public_id = create_api_key.organization_id;

    IF NOT FOUND THEN
        RAISE EXCEPTION 'organization does not exist'
            USING
                ERRCODE = 'TL901',
                DETAIL = format('organization_id is %L', create_api_key.organization_id);
    END IF;

    SELECT member.user_id
    INTO _user_id
    FROM identity.users AS person
    INNER JOIN identity.organization_members AS member ON member.user_id = person.id
    WHERE person.public_id = create_api_key.user_id
        AND member.organization_id = _organization_id;

    IF NOT FOUND AND create_api_key.user_id IS NOT NULL THEN
        RAISE EXCEPTION 'user does not exist'
            USING
                ERRCODE = 'TL904',
                DETAIL = format('user_id is %L', create_api_key.user_id);
    END IF;

    INSERT INTO identity.api_keys AS api_key (
        key_id, organization_id, user_id, secret_hash, scopes
    )
    VALUES (
        create_api_key.key_id,
        _organization_id,
        _user_id,
        create_api_key.secret_hash,
        create_api_key.scopes
    )
    RETURNING api_key.created_at INTO _created_at;

    RETURN _created_at;
END
$function$;

COMMENT ON FUNCTION identity.create_api_key(text, text, text, text[], text)
IS
$comment$Store an API key of an organization; the caller made the secret and sends its bcrypt hash.

user_id says whose key it is; without one the key is a machine's.

Raises
  TL901  organization does not exist
  TL904  user does not exist, or is not a member of the organization
  23502  an argument is NULL
  23505  key_id is in use (api_keys_pk)
  23514  key id, hash or scopes are not well formed (api_keys_key_id_shape,
         api_keys_secret_hash_bcrypt, api_keys_scopes_known, api_keys_scopes_not_empty)$comment$;

GRANT EXECUTE
ON FUNCTION identity.create_api_key(text, text, text, text[], text)
TO pgtill_operator;

COMMIT;
