-- Deploy pgtill:functions/paths/try_batch to pg
-- requires: functions/paths/place_paths
-- requires: functions/paths/count_allocations
-- requires: tables/paths/operations

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.try_batch(
    organization_id bigint,
    user_id text,
    idempotency_key text,
    request_hash text,
    wallet_version integer,
    orders jsonb,
    all_or_nothing boolean,
    is_hopeful boolean
)
RETURNS TABLE (outcome text, answer jsonb)
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _first paths.operations;
    _placed paths.placement[];
    _allocated_count bigint;
    _answer jsonb;
BEGIN
    SELECT used.*
    INTO _first
    FROM paths.operations AS used
    WHERE used.organization_id = try_batch.organization_id
        AND used.idempotency_key = try_batch.idempotency_key;

    IF FOUND THEN
        RETURN QUERY
        SELECT
            CASE WHEN _first.request_hash = try_batch.request_hash THEN 'replayed'
                ELSE 'idempotency_key_conflict'
            END,
            CASE WHEN _first.request_hash = try_batch.request_hash THEN _first.answer END;
        RETURN;
    END IF;

    _placed := ARRAY(
        SELECT made
        FROM paths.place_paths(
            ARRAY[
                jsonb_build_object(
                    'organization_id', try_batch.organization_id, 'user_id', try_batch.user_id,
                    'wallet_version', try_batch.wallet_version,
                    'is_numbered', FALSE, 'orders', try_batch.orders
                )
            ],
            try_batch.all_or_nothing, try_batch.is_hopeful
        ) AS made
    );

    SELECT
        count(*) FILTER (WHERE made.outcome = 'allocated'),
        jsonb_build_object(
            'wallet_version', max(made.wallet_version),
            'allocated_count', count(*) FILTER (WHERE made.outcome = 'allocated'),
            'refused_count', count(*) FILTER (WHERE made.outcome NOT IN ('allocated', 'not_done')),
            'paths', coalesce(
                jsonb_agg(
                    CASE
                        WHEN made.base_path IS NOT NULL AND made.blocking_path IS NULL
                            THEN jsonb_build_object(
                                'position', made.order_position,
                                'outcome', made.outcome,
                                'base_path', made.base_path
                            )
                        ELSE jsonb_strip_nulls(
                            jsonb_build_object(
                                'position', made.order_position,
                                'outcome', made.outcome,
                                'base_path', made.base_path,
                                'blocking_path', made.blocking_path
                            )
                        )
                    END
                ), '[]'
            )
        )
    INTO _allocated_count, _answer
    FROM unnest(_placed) AS made;

    IF _allocated_count > 0 THEN
        PERFORM paths.count_allocations(_placed);
        -- Lock order 15: the key.
        INSERT INTO paths.operations (
            operation, organization_id, user_id, wallet_version, subject,
            idempotency_key, request_hash, answer
        )
        SELECT
            'allocate_batch', try_batch.organization_id, person.id,
            (_answer ->> 'wallet_version')::integer, format('%s paths', _allocated_count),
            try_batch.idempotency_key, try_batch.request_hash, _answer
        FROM identity.users AS person
        WHERE person.public_id = try_batch.user_id;
    END IF;

    RETURN QUERY
    SELECT CASE WHEN _allocated_count > 0 THEN 'allocated' ELSE 'refused' END, _answer;
END
$function$;

COMMENT ON FUNCTION paths.try_batch(bigint, text, text, text, integer, jsonb, boolean, boolean)
IS
$comment$Look the key up, place what is asked, count it, and record it with its answer.

Private to allocate_batch(), which tries again where another session was quicker.$comment$;

COMMIT;
