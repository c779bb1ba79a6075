-- Deploy pgtill:functions/paths/define_level_value to pg
-- requires: functions/paths/require_owner
-- requires: functions/paths/find_answer
-- requires: functions/paths/record_operation
-- requires: functions/paths/level_value_payload

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.define_level_value(
    organization_id bigint,
    user_id text,
    idempotency_key text,
    request_hash text,
    wallet_version integer,
    manufacturer_index integer,
    path_level integer,
    level_value integer,
    value_name text,
    value_description text,
    gs1_code text,
    sku_reference text,
    is_active boolean
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
        define_level_value.organization_id, define_level_value.user_id,
        define_level_value.wallet_version, define_level_value.manufacturer_index
    );
    _answer jsonb;
BEGIN
    _answer := paths.find_answer(
        define_level_value.organization_id, define_level_value.idempotency_key,
        define_level_value.request_hash
    );
    IF _answer IS NOT NULL THEN
        RETURN QUERY SELECT TRUE, _answer;
        RETURN;
    END IF;

    -- Lock order 13, shared: a transfer that begins meanwhile waits, and copies what is said here.
    PERFORM manufacturer.manufacturer_index
    FROM paths.manufacturer_registry AS manufacturer
    WHERE manufacturer.wallet_version = define_level_value.wallet_version
        AND manufacturer.manufacturer_index = define_level_value.manufacturer_index
        AND manufacturer.status = 'active'
    FOR SHARE;

    IF NOT FOUND THEN
        RAISE EXCEPTION 'manufacturer is not active'
            USING
                ERRCODE = 'TL209',
                DETAIL = format(
                    'wallet version %s, index %s',
                    define_level_value.wallet_version, define_level_value.manufacturer_index
                );
    END IF;

    IF NOT EXISTS (
        SELECT FROM paths.manufacturer_path_schemas AS level
        WHERE level.wallet_version = define_level_value.wallet_version
            AND level.manufacturer_index = define_level_value.manufacturer_index
            AND level.path_level = define_level_value.path_level
    ) THEN
        RAISE EXCEPTION 'path schema has no such level'
            USING
                ERRCODE = 'TL217',
                DETAIL = format('path_level is %s', define_level_value.path_level);
    END IF;

    INSERT INTO paths.path_level_values AS defined (
        wallet_version, manufacturer_index, path_level, level_value, value_name,
        value_description, gs1_code, sku_reference, is_active
    )
    VALUES (
        define_level_value.wallet_version,
        define_level_value.manufacturer_index,
        define_level_value.path_level,
        define_level_value.level_value,
        define_level_value.value_name,
        define_level_value.value_description,
        define_level_value.gs1_code,
        define_level_value.sku_reference,
        define_level_value.is_active
    )
    ON CONFLICT ON CONSTRAINT path_level_values_pk DO UPDATE
    SET
        value_name = excluded.value_name,
        value_description = excluded.value_description,
        gs1_code = excluded.gs1_code,
        sku_reference = excluded.sku_reference,
        is_active = excluded.is_active,
        updated_at = now()
    RETURNING paths.level_value_payload(defined) INTO _answer;

    PERFORM paths.record_operation(
        'define_level_value', define_level_value.organization_id, _user_id, define_level_value.idempotency_key,
        define_level_value.request_hash, define_level_value.wallet_version,
        format(
            '%s, level %s, value %s', define_level_value.manufacturer_index,
            define_level_value.path_level, define_level_value.level_value
        ), _answer
    );
    RETURN QUERY SELECT FALSE, _answer;
END
$function$;

COMMENT ON FUNCTION paths.define_level_value(
    bigint, text, text, text, integer, integer, integer, integer, text, text, text, text, boolean
)
IS
$comment$Say what a number at a level means.

Makes the value or replaces what was said of it. Answers it.

Raises
  TL206  user may not act for the organization
  TL208  manufacturer does not exist
  TL209  manufacturer is not active
  TL215  idempotency key was used for another request
  TL217  path schema has no such level
  23502  name or is_active are NULL
  23514  a field is not well formed$comment$;

GRANT EXECUTE
ON FUNCTION paths.define_level_value(
    bigint, text, text, text, integer, integer, integer, integer, text, text, text, text, boolean
)
TO pgtill_service;

COMMIT;
