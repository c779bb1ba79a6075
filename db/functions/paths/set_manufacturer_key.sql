-- Deploy pgtill:functions/paths/set_manufacturer_key to pg
-- requires: functions/paths/require_owner
-- requires: functions/paths/find_answer
-- requires: functions/paths/record_operation
-- requires: functions/paths/manufacturer_payload

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.set_manufacturer_key(
    organization_id bigint,
    user_id text,
    idempotency_key text,
    request_hash text,
    wallet_version integer,
    manufacturer_index integer,
    public_key text,
    key_delegation_level text
)
RETURNS TABLE (replayed boolean, answer jsonb)
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _user_id bigint := paths.require_owner(
        set_manufacturer_key.organization_id, set_manufacturer_key.user_id,
        set_manufacturer_key.wallet_version, set_manufacturer_key.manufacturer_index
    );
    _answer jsonb;
BEGIN
    _answer := paths.find_answer(
        set_manufacturer_key.organization_id, set_manufacturer_key.idempotency_key,
        set_manufacturer_key.request_hash
    );
    IF _answer IS NOT NULL THEN
        RETURN QUERY SELECT TRUE, _answer;
        RETURN;
    END IF;

    UPDATE paths.manufacturer_registry AS manufacturer
    SET
        public_key = set_manufacturer_key.public_key,
        key_delegation_level = set_manufacturer_key.key_delegation_level
    WHERE manufacturer.wallet_version = set_manufacturer_key.wallet_version
        AND manufacturer.manufacturer_index = set_manufacturer_key.manufacturer_index
        AND manufacturer.status = 'active'
    RETURNING paths.manufacturer_payload(manufacturer) INTO _answer;

    IF NOT FOUND THEN
        RAISE EXCEPTION 'manufacturer is not active'
            USING
                ERRCODE = 'TL209',
                DETAIL = format(
                    'wallet version %s, index %s',
                    set_manufacturer_key.wallet_version, set_manufacturer_key.manufacturer_index
                );
    END IF;

    PERFORM paths.record_operation(
        'set_manufacturer_key', set_manufacturer_key.organization_id, _user_id,
        set_manufacturer_key.idempotency_key, set_manufacturer_key.request_hash,
        set_manufacturer_key.wallet_version, _answer ->> 'manufacturer_name', _answer
    );
    RETURN QUERY SELECT FALSE, _answer;
END
$function$;

COMMENT ON FUNCTION paths.set_manufacturer_key(
    bigint, text, text, text, integer, integer, text, text
)
IS
$comment$Set an active manufacturer's public key and what it may sign. Answers the manufacturer.

Raises
  TL206  user may not act for the organization
  TL208  manufacturer does not exist
  TL209  manufacturer is not active
  TL215  idempotency key was used for another request
  23502  level is NULL
  23514  key or level are not well formed, or a level has no key$comment$;

GRANT EXECUTE
ON FUNCTION paths.set_manufacturer_key(bigint, text, text, text, integer, integer, text, text)
TO pgtill_service;

COMMIT;
