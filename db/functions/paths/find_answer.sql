-- Deploy pgtill:functions/paths/find_answer to pg
-- requires: tables/paths/operations

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.find_answer(
    organization_id bigint,
    idempotency_key text,
    request_hash text
)
RETURNS jsonb
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _first paths.operations;
BEGIN
    -- Lock order 10: who comes second with a key waits here, and then finds the first one's answer.
    PERFORM pg_advisory_xact_lock(
        hashtextextended(
            format('pgtill paths %s %s', find_answer.organization_id, find_answer.idempotency_key), 0
        )
    );

    SELECT operation.*
    INTO _first
    FROM paths.operations AS operation
    WHERE operation.organization_id = find_answer.organization_id
        AND operation.idempotency_key = find_answer.idempotency_key;

    IF _first.request_hash IS DISTINCT FROM find_answer.request_hash AND FOUND THEN
        RAISE EXCEPTION 'idempotency key was used for another request'
            USING
                ERRCODE = 'TL215',
                DETAIL = format('idempotency_key is %L', find_answer.idempotency_key);
    END IF;

    RETURN _first.answer;
END
$function$;

COMMENT ON FUNCTION paths.find_answer(bigint, text, text)
IS
'Answer what the key was answered first, or NULL where it was not used; raise TL215 where it was
used for another request. The key is the caller''s until commit.

Private to the functions of this schema.';

COMMIT;
