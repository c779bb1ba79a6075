-- Deploy pgtill:functions/paths/retire_path to pg
-- requires: functions/paths/lock_path
-- requires: functions/paths/find_answer
-- requires: functions/paths/record_operation
-- requires: functions/paths/path_payload

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.retire_path(
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
    _user_id bigint := paths.require_member(retire_path.organization_id, retire_path.user_id);
    _answer jsonb;
    _path paths.path_registry;
BEGIN
    _answer := paths.find_answer(
        retire_path.organization_id, retire_path.idempotency_key, retire_path.request_hash
    );
    IF _answer IS NOT NULL THEN
        RETURN QUERY SELECT TRUE, _answer;
        RETURN;
    END IF;

    _path := paths.lock_path(
        retire_path.organization_id, retire_path.wallet_version, retire_path.base_path
    );

    IF _path.status NOT IN ('active', 'exhausted') THEN
        RAISE EXCEPTION 'path is not in a status that allows this'
            USING
                ERRCODE = 'TL213',
                DETAIL = format('status is %s', _path.status);
    END IF;

    UPDATE paths.path_registry AS path
    SET status = 'retired', retired_at = now()
    WHERE path.wallet_version = retire_path.wallet_version AND path.base_path = retire_path.base_path
    RETURNING paths.path_payload(path) INTO _answer;

    PERFORM paths.record_operation(
        'retire_path', retire_path.organization_id, _user_id, retire_path.idempotency_key,
        retire_path.request_hash, retire_path.wallet_version, retire_path.base_path, _answer
    );
    RETURN QUERY SELECT FALSE, _answer;
END
$function$;

COMMENT ON FUNCTION paths.retire_path(bigint, text, text, text, integer, text)
IS
$comment$End an active or exhausted path for good; it keeps its place. Answers the path.

Also where wallet or manufacturer are not active: what is known to be bad can be retired.

Raises
  TL206  user may not act for the organization
  TL212  path does not exist, or is another organization's
  TL213  path is not in a status that allows this
  TL215  idempotency key was used for another request$comment$;

GRANT EXECUTE ON FUNCTION paths.retire_path(
    bigint, text, text, text, integer, text
) TO pgtill_service;

COMMIT;
