-- Deploy pgtill:functions/paths/allocate_paths to pg
-- requires: functions/paths/try_to_allocate
-- requires: functions/paths/is_lost_race

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.allocate_paths(orders jsonb)
RETURNS TABLE (order_position integer, outcome text, path jsonb, blocking_path text)
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- A plan made while a table was small must do when it has millions of rows: by index, row by row.
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_bitmapscan = off
SET plan_cache_mode = force_generic_plan
AS $function$
#variable_conflict error
DECLARE
    _orders jsonb;
    _placements paths.placement[];
    _constraint text;
BEGIN
    SELECT coalesce(jsonb_agg(item.fields || jsonb_build_object('order_position', item.nth)), '[]')
    INTO _orders
    FROM jsonb_array_elements(allocate_paths.orders) WITH ORDINALITY AS item (fields, nth);

    -- Each lost race shows what another session did; some spare ones, as others go on meanwhile.
    FOR _attempt IN 0..jsonb_array_length(_orders) + 8 LOOP
        BEGIN
            _placements := paths.try_to_allocate(_orders);
            EXIT;
        EXCEPTION WHEN
            unique_violation OR foreign_key_violation OR check_violation OR serialization_failure
        THEN
            GET STACKED DIAGNOSTICS _constraint = CONSTRAINT_NAME;
            IF NOT paths.is_lost_race(SQLSTATE, _constraint) THEN
                RAISE;
            END IF;
            -- Above READ COMMITTED a plan sees nothing new.
            EXIT WHEN current_setting('transaction_isolation') <> 'read committed';
        END;
    END LOOP;

    IF _placements IS NULL THEN
        RAISE EXCEPTION 'paths were named meanwhile'
            USING
                ERRCODE = 'serialization_failure',
                HINT = 'Call again in a new transaction.';
    END IF;

    RETURN QUERY
    SELECT
        made.order_position,
        made.outcome,
        CASE WHEN made.outcome IN ('allocated', 'replayed') THEN used.answer END,
        made.blocking_path
    FROM unnest(_placements) AS made
    INNER JOIN jsonb_to_recordset(_orders) AS asked (
        order_position integer, organization_id bigint, idempotency_key text
    ) ON asked.order_position = made.order_position
    LEFT JOIN paths.operations AS used
        ON used.organization_id = asked.organization_id
        AND used.idempotency_key = asked.idempotency_key
    ORDER BY made.order_position;
END
$function$;

COMMENT ON FUNCTION paths.allocate_paths(jsonb)
IS
$comment$Allocate a path to each order of a batch, and record it under the order's key.

orders  [{organization_id, user_id, idempotency_key, request_hash, wallet_version?,
        base_path or parent_path, allocation_type?, quantity?, range_start?, purpose?}, ...]
        Without wallet_version the default wallet is meant. With parent_path the next free child of
        that path is taken: the one after its last.

Answers one row an order, in order. Each outcome leaves its neighbours alone:
  allocated                 path is new
  replayed                  the key was used for the same request; path is the first answer
  idempotency_key_conflict  the key was used for another request
  invalid_path              not 2 to 20 decimal components below 2^31, or not one of the two given
  invalid_range             quantity or start below 1, or an end beyond 2^31 - 1
  wallet_version_not_found  no such wallet version
  not_permitted             the user is not owner or admin of the organization, or the manufacturer is
                            not that organization's
  wallet_not_active         the wallet version is not active
  manufacturer_not_found    no manufacturer has that first component
  manufacturer_not_active   it is suspended, transferring or retired
  path_taken                it was allocated before, whatever became of it
  path_has_descendants      something below it is allocated
  path_below_allocation     blocking_path above it is allocated
  parent_exhausted          the parent's child 2^31 - 1 is there
  daily_limit_reached       the wallet's limit of the day (UTC) is reached

Of two orders that exclude each other the earlier wins. All or nothing with the caller's transaction.
No two allocated paths of a wallet are equal, nor is one above another, in whatever order sessions
come: see paths.path_nodes.

Raises
  22003  a number is too large
  22P02  a field has the wrong type
  23514  allocation_type is not known, or purpose, key or hash are missing or not well formed
  40001  other sessions were quicker, again and again: call again
  55P03  another session holds a name, a parent or the wallet for longer than lock_timeout$comment$;

GRANT EXECUTE ON FUNCTION paths.allocate_paths(jsonb) TO pgtill_service;

COMMIT;
