-- Deploy pgtill:functions/paths/try_to_allocate to pg
-- requires: functions/paths/place_paths
-- requires: functions/paths/count_allocations
-- requires: functions/paths/path_payload
-- requires: tables/paths/operations

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.try_to_allocate(orders jsonb)
RETURNS paths.placement[]
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _known paths.placement[];
    _placed paths.placement[];
    _fresh jsonb;
    _later jsonb;
    _batches jsonb[];
BEGIN
    SELECT
        coalesce(array_agg(
            ROW(
                keyed.order_position,
                CASE WHEN keyed.is_replay THEN 'replayed' ELSE 'idempotency_key_conflict' END,
                NULL, NULL, NULL
            )::paths.placement
        ) FILTER (WHERE keyed.is_replay IS NOT NULL), '{}'),
        coalesce(jsonb_agg(keyed.item) FILTER (WHERE keyed.is_replay IS NULL AND keyed.nth = 1), '[]'),
        jsonb_agg(keyed.item) FILTER (WHERE keyed.is_replay IS NULL AND keyed.nth > 1)
    INTO _known, _fresh, _later
    FROM (
        SELECT
            asked.item,
            (asked.item ->> 'order_position')::integer AS order_position,
            used.request_hash = asked.item ->> 'request_hash' AS is_replay,
            row_number() OVER (
                PARTITION BY asked.item -> 'organization_id', asked.item ->> 'idempotency_key'
                ORDER BY (asked.item ->> 'order_position')::integer
            ) AS nth
        FROM jsonb_array_elements(try_to_allocate.orders) AS asked (item)
        LEFT JOIN paths.operations AS used
            ON used.organization_id = (asked.item ->> 'organization_id')::bigint
            AND used.idempotency_key = asked.item ->> 'idempotency_key'
    ) AS keyed;

    SELECT
        coalesce(
            array_agg(
                jsonb_build_object(
                    'organization_id', batch.organization_id, 'user_id', batch.user_id,
                    'wallet_version', batch.wallet_version,
                    'is_numbered', TRUE, 'orders', batch.orders
                )
            ), '{}'
        )
    INTO _batches
    FROM (
        SELECT
            asked.item -> 'organization_id' AS organization_id,
            asked.item -> 'user_id' AS user_id,
            asked.item -> 'wallet_version' AS wallet_version,
            jsonb_agg(asked.item) AS orders
        FROM jsonb_array_elements(_fresh) AS asked (item)
        GROUP BY 1, 2, 3
    ) AS batch;

    -- Not hopeful: an order that is refused is nothing that the others should pay for.
    _placed := ARRAY(
        SELECT made
        FROM paths.place_paths(_batches, all_or_nothing => FALSE, is_hopeful => FALSE) AS made
    );
    PERFORM paths.count_allocations(_placed);

    -- Lock order 15: keys, in the order of their index.
    INSERT INTO paths.operations (
        operation, organization_id, user_id, wallet_version, subject,
        idempotency_key, request_hash, answer
    )
    SELECT
        'allocate_path', asked.organization_id, path.allocated_by, path.wallet_version,
        path.base_path, asked.idempotency_key, asked.request_hash, paths.path_payload(path)
    FROM jsonb_to_recordset(_fresh) AS asked (
        order_position integer, organization_id bigint, idempotency_key text, request_hash text
    )
    INNER JOIN unnest(_placed) AS made
        ON made.order_position = asked.order_position AND made.outcome = 'allocated'
    INNER JOIN paths.path_registry AS path
        ON path.wallet_version = made.wallet_version AND path.base_path = made.base_path
    ORDER BY asked.organization_id, asked.idempotency_key;

    -- Orders that share a key with one before them: what came of that one is known now.
    IF _later IS NOT NULL THEN
        _placed := _placed || paths.try_to_allocate(_later);
    END IF;

    RETURN _known || _placed;
END
$function$;

COMMENT ON FUNCTION paths.try_to_allocate(jsonb)
IS
$comment$Look keys up, place what is new, count it, and record each with its key and answer.

Private to allocate_paths(), which tries again where another session was quicker.$comment$;

COMMIT;
