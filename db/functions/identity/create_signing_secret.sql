-- Deploy pgtill:functions/identity/create_signing_secret to pg
-- requires: tables/identity/signing_secrets

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION identity.create_signing_secret(key_id text, sealed_secret bytea)
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
    INSERT INTO identity.signing_secrets AS secret (key_id, sealed_secret)
    SELECT api_key.key_id, create_signing_secret.sealed_secret
    FROM identity.api_keys AS api_key
    WHERE api_key.key_id = create_signing_secret.key_id
        AND api_key.revoked_at IS NULL
    RETURNING secret.created_at INTO _created_at;

    IF NOT FOUND THEN
        RAISE EXCEPTION 'API key does not exist'
            USING
                ERRCODE = 'TL903',
                DETAIL = format('key_id is %L', create_signing_secret.key_id);
    END IF;

    RETURN _created_at;
END
$function$;

COMMENT ON FUNCTION identity.create_signing_secret(text, bytea)
IS
$comment$Store the signing secret of a good API key; the caller made it and sends it sealed.

Raises
  TL903  API key does not exist, or is revoked
  23502  sealed_secret is NULL
  23505  the key has one already (signing_secrets_pk)
  23514  it is not sealed (signing_secrets_sealed_secret_length)$comment$;

GRANT EXECUTE ON FUNCTION identity.create_signing_secret(text, bytea) TO pgtill_operator;

COMMIT;
