-- Deploy pgtill:functions/paths/exhaust_path to pg
-- requires: functions/paths/lock_path
-- requires: functions/paths/find_answer
-- requires: functions/paths/record_operation
-- requires: functions/paths/path_payload

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.exhaust_path(
    organization_id bigint,
    user_id text,
    idempotency_key text,
    request_hash text,
    wallet_version integer,
    base_path text
)
RETURNS TABLE (replayed boolean, answer jsonb)
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _user_id bigint := paths.require_member(exhaust_path.organization_id, exhaust_path.user_id);
    _answer jsonb;
    _path paths.path_registry;
BEGIN
    _answer := paths.find_answer(
        exhaust_path.organization_id, exhaust_path.idempotency_key, exhaust_path.request_hash
    );
    IF _answer IS NOT NULL THEN
        RETURN QUERY SELECT TRUE, _answer;
        RETURN;
    END IF;

    _path := paths.lock_path(
        exhaust_path.organization_id, exhaust_path.wallet_version, exhaust_path.base_path
    );

    IF _path.status <> 'active' THEN
        RAISE EXCEPTION 'path is not in a status that allows this'
            USING
                ERRCODE = 'TL213',
                DETAIL = format('status is %s', _path.status);
    END IF;

    UPDATE paths.path_registry AS path
    SET status = 'exhausted', completed_at = now()
    WHERE path.wallet_version = exhaust_path.wallet_version AND path.base_path = exhaust_path.base_path
    RETURNING paths.path_payload(path) INTO _answer;

    PERFORM paths.record_operation(
        'exhaust_path', exhaust_path.organization_id, _user_id, exhaust_path.idempotency_key,
        exhaust_path.request_hash, exhaust_path.wallet_version, exhaust_path.base_path, _answer
    );
    RETURN QUERY SELECT FALSE, _answer;
END
$function$;

COMMENT ON FUNCTION paths.exhaust_path(bigint, text, text, text, integer, text)
IS
$comment$Say that an active path's range is used up. Answers the path.

Raises
  TL206  user may not act for the organization
  TL212  path does not exist, or is another organization's
  TL213  path is not in a status that allows this
  TL215  idempotency key was used for another request$comment$;

GRANT EXECUTE ON FUNCTION paths.exhaust_path(
    bigint, text, text, text, integer, text
) TO pgtill_service;

COMMIT;
