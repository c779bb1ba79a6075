-- Deploy pgtill:functions/paths/allocate_batch to pg
-- requires: functions/paths/is_lost_race
-- requires: functions/paths/record_operation
-- requires: functions/paths/try_batch

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.allocate_batch(
    organization_id bigint,
    user_id text,
    idempotency_key text,
    request_hash text,
    wallet_version integer,
    orders jsonb,
    all_or_nothing boolean
)
RETURNS TABLE (outcome text, answer jsonb)
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
-- 10,000 orders are sorted in memory.
SET work_mem = '32MB'
AS $function$
#variable_conflict error
DECLARE
    _outcome text;
    _answer jsonb;
    _constraint text;
BEGIN
    -- Each lost race shows what another session did; some spare ones, as others go on meanwhile.
    FOR _attempt IN 0..jsonb_array_length(allocate_batch.orders) + 8 LOOP
        BEGIN
            SELECT attempt.outcome, attempt.answer
            INTO _outcome, _answer
            FROM paths.try_batch(
                allocate_batch.organization_id, allocate_batch.user_id,
                allocate_batch.idempotency_key, allocate_batch.request_hash,
                allocate_batch.wallet_version, allocate_batch.orders,
                allocate_batch.all_or_nothing,
                -- Whoever wants all or nothing expects all: what is in the way, if anything, is
                -- looked for the second time.
                is_hopeful => allocate_batch.all_or_nothing AND _attempt = 0
            ) AS attempt;
            EXIT;
        EXCEPTION WHEN
            unique_violation OR foreign_key_violation OR check_violation OR serialization_failure
        THEN
            GET STACKED DIAGNOSTICS _constraint = CONSTRAINT_NAME;
            IF NOT paths.is_lost_race(SQLSTATE, _constraint) THEN
                RAISE;
            END IF;
            -- Above READ COMMITTED a plan sees nothing new; it can only stop hoping.
            EXIT WHEN _attempt > 0 AND current_setting('transaction_isolation') <> 'read committed';
        END;
    END LOOP;

    IF _outcome IS NULL THEN
        RAISE EXCEPTION 'paths were named meanwhile'
            USING
                ERRCODE = 'serialization_failure',
                HINT = 'Call again in a new transaction.';
    END IF;

    RETURN QUERY SELECT _outcome, _answer;
END
$function$;

COMMENT ON FUNCTION paths.allocate_batch(bigint, text, text, text, integer, jsonb, boolean)
IS
$comment$Allocate many paths of a wallet in one act, under one key.

orders  [{base_path or parent_path, allocation_type?, quantity?, range_start?, purpose?}, ...]

Answers one row. outcome is
  allocated                 all were allocated, or without all_or_nothing at least one
  replayed                  the key was used for the same request; answer is the first one
  idempotency_key_conflict  the key was used for another request
  refused                   nothing was done, and the key is free
answer is {wallet_version, allocated_count, refused_count, paths: [{position, outcome, base_path,
blocking_path?}, ...]}, each with an outcome of allocate_paths(), or not_done: it was good, and is
undone since another was not.

Raises
  22003  a number is too large
  22P02  a field has the wrong type
  23514  an allocation_type is not known, or a purpose, the key or the hash are not well formed
         or missing
  40001  other sessions were quicker, again and again: call again
  55P03  another session holds a name, a parent or the wallet for longer than lock_timeout$comment$;

GRANT EXECUTE
ON FUNCTION paths.allocate_batch(bigint, text, text, text, integer, jsonb, boolean)
TO pgtill_service;

COMMIT;
