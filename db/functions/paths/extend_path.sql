-- Deploy pgtill:functions/paths/extend_path to pg
-- requires: functions/paths/lock_path
-- requires: functions/paths/find_answer
-- requires: functions/paths/record_operation
-- requires: functions/paths/path_payload

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.extend_path(
    organization_id bigint,
    user_id text,
    idempotency_key text,
    request_hash text,
    wallet_version integer,
    base_path text,
    additional_quantity integer
)
RETURNS TABLE (replayed boolean, answer jsonb)
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _user_id bigint := paths.require_member(extend_path.organization_id, extend_path.user_id);
    _answer jsonb;
    _path paths.path_registry;
BEGIN
    _answer := paths.find_answer(
        extend_path.organization_id, extend_path.idempotency_key, extend_path.request_hash
    );
    IF _answer IS NOT NULL THEN
        RETURN QUERY SELECT TRUE, _answer;
        RETURN;
    END IF;

    _path := paths.lock_path(
        extend_path.organization_id, extend_path.wallet_version, extend_path.base_path
    );

    IF NOT EXISTS (
        SELECT FROM paths.wallet_versions AS wallet
        WHERE wallet.version_id = extend_path.wallet_version AND wallet.status = 'active'
    ) THEN
        RAISE EXCEPTION 'wallet version is not active'
            USING
                ERRCODE = 'TL205',
                DETAIL = format('wallet version %s', extend_path.wallet_version);
    END IF;

    IF _path.status NOT IN ('active', 'exhausted') THEN
        RAISE EXCEPTION 'path is not in a status that allows this'
            USING
                ERRCODE = 'TL213',
                DETAIL = format('status is %s', _path.status);
    END IF;

    IF extend_path.additional_quantity > 2147483647 - _path.allocated_range_end THEN
        RAISE EXCEPTION 'range would end beyond 2^31 - 1'
            USING
                ERRCODE = 'TL214',
                DETAIL = format('it ends at %s', _path.allocated_range_end);
    END IF;

    UPDATE paths.path_registry AS path
    SET
        quantity = path.quantity + extend_path.additional_quantity,
        status = 'active',
        completed_at = NULL
    WHERE path.wallet_version = extend_path.wallet_version AND path.base_path = extend_path.base_path
    RETURNING paths.path_payload(path) INTO _answer;

    PERFORM paths.record_operation(
        'extend_path', extend_path.organization_id, _user_id, extend_path.idempotency_key,
        extend_path.request_hash, extend_path.wallet_version, extend_path.base_path, _answer
    );
    RETURN QUERY SELECT FALSE, _answer;
END
$function$;

COMMENT ON FUNCTION paths.extend_path(bigint, text, text, text, integer, text, integer)
IS
$comment$Let an active or exhausted path name more things; it is active then. Answers the path.

Raises
  TL205  wallet version is not active
  TL206  user may not act for the organization
  TL212  path does not exist, or is another organization's
  TL213  path is not in a status that allows this
  TL214  range would end beyond 2^31 - 1
  TL215  idempotency key was used for another request
  23502  additional_quantity is NULL$comment$;

GRANT EXECUTE ON FUNCTION paths.extend_path(bigint, text, text, text, integer, text, integer)
TO pgtill_service;

COMMIT;
