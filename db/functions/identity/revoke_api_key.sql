-- Deploy pgtill:functions/identity/revoke_api_key to pg
-- requires: tables/identity/api_keys

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION identity.revoke_api_key(key_id text)
RETURNS timestamptz
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _revoked_at timestamptz;
BEGIN
    -- clock_timestamp(): a key made and revoked in one transaction still ends after it began.
    UPDATE identity.api_keys AS api_key
    SET revoked_at = coalesce(api_key.revoked_at, clock_timestamp())
    WHERE api_key.key_id = revoke_api_key.key_id
    RETURNING api_key.revoked_at INTO _revoked_at;

    IF NOT FOUND THEN
        RAISE EXCEPTION 'API key does not exist'
            USING
                ERRCODE = 'TL903',
                DETAIL = format('key_id is %L', revoke_api_key.key_id);
    END IF;

    -- Every service process drops the key from its memory when this commits.
    PERFORM pg_notify('pgtill_api_key_revoked', revoke_api_key.key_id);

    RETURN _revoked_at;
END
$function$;

COMMENT ON FUNCTION identity.revoke_api_key(text)
IS
$comment$Revoke an API key for good and answer since when; a second time changes nothing.

Notifies pgtill_api_key_revoked with the key id.

Raises
  TL903  API key does not exist$comment$;

GRANT EXECUTE ON FUNCTION identity.revoke_api_key(text) TO pgtill_operator;

COMMIT;
