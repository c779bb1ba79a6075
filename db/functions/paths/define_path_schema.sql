-- Deploy pgtill:functions/paths/define_path_schema to pg
-- requires: functions/paths/require_owner
-- requires: functions/paths/find_answer
-- requires: functions/paths/record_operation
-- requires: functions/paths/path_schema_payload

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.define_path_schema(
    organization_id bigint,
    user_id text,
    idempotency_key text,
    request_hash text,
    wallet_version integer,
    manufacturer_index integer,
    path_level integer,
    level_name text,
    level_description text,
    gs1_mapping text,
    is_required boolean,
    sort_order integer
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
        define_path_schema.organization_id, define_path_schema.user_id,
        define_path_schema.wallet_version, define_path_schema.manufacturer_index
    );
    _answer jsonb;
BEGIN
    _answer := paths.find_answer(
        define_path_schema.organization_id, define_path_schema.idempotency_key,
        define_path_schema.request_hash
    );
    IF _answer IS NOT NULL THEN
        RETURN QUERY SELECT TRUE, _answer;
        RETURN;
    END IF;

    -- Lock order 13, shared: a transfer that begins meanwhile waits, and copies what is said here.
    PERFORM manufacturer.manufacturer_index
    FROM paths.manufacturer_registry AS manufacturer
    WHERE manufacturer.wallet_version = define_path_schema.wallet_version
        AND manufacturer.manufacturer_index = define_path_schema.manufacturer_index
        AND manufacturer.status = 'active'
    FOR SHARE;

    IF NOT FOUND THEN
        RAISE EXCEPTION 'manufacturer is not active'
            USING
                ERRCODE = 'TL209',
                DETAIL = format(
                    'wallet version %s, index %s',
                    define_path_schema.wallet_version, define_path_schema.manufacturer_index
                );
    END IF;

    INSERT INTO paths.manufacturer_path_schemas AS defined (
        wallet_version, manufacturer_index, path_level, level_name, level_description,
        gs1_mapping, is_required, sort_order
    )
    VALUES (
        define_path_schema.wallet_version,
        define_path_schema.manufacturer_index,
        define_path_schema.path_level,
        define_path_schema.level_name,
        define_path_schema.level_description,
        define_path_schema.gs1_mapping,
        define_path_schema.is_required,
        define_path_schema.sort_order
    )
    ON CONFLICT ON CONSTRAINT manufacturer_path_schemas_pk DO UPDATE
    SET
        level_name = excluded.level_name,
        level_description = excluded.level_description,
        gs1_mapping = excluded.gs1_mapping,
        is_required = excluded.is_required,
        sort_order = excluded.sort_order,
        updated_at = now()
    RETURNING paths.path_schema_payload(defined) INTO _answer;

    PERFORM paths.record_operation(
        'define_path_schema', define_path_schema.organization_id, _user_id, define_path_schema.idempotency_key,
        define_path_schema.request_hash, define_path_schema.wallet_version,
        format('%s, level %s', define_path_schema.manufacturer_index, define_path_schema.path_level), _answer
    );
    RETURN QUERY SELECT FALSE, _answer;
END
$function$;

COMMENT ON FUNCTION paths.define_path_schema(
    bigint, text, text, text, integer, integer, integer, text, text, text, boolean, integer
)
IS
$comment$Say what a level of a manufacturer's paths means.

Makes the level or replaces what was said of it. Answers it.

Raises
  TL206  user may not act for the organization
  TL208  manufacturer does not exist
  TL209  manufacturer is not active
  TL215  idempotency key was used for another request
  23502  name or is_required are NULL
  23514  a field is not well formed$comment$;

GRANT EXECUTE
ON FUNCTION paths.define_path_schema(
    bigint, text, text, text, integer, integer, integer, text, text, text, boolean, integer
)
TO pgtill_service;

COMMIT;
