-- Deploy pgtill:functions/identity/use_signatures to pg
-- requires: tables/identity/used_signatures

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION identity.use_signatures(signatures bytea[], signed_at timestamptz[])
RETURNS boolean[]
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- A plan made while the table was empty must not scan it when it is not.
SET enable_seqscan = off
AS $function$
#variable_conflict error
DECLARE
    _answers boolean[];
BEGIN
    -- Twice as many as come: the table stays as small as five minutes ask for. What another call
    -- removes at this moment is left to it.
    DELETE FROM identity.used_signatures AS used
    WHERE used.signature = ANY (ARRAY(
        SELECT expired.signature
        FROM identity.used_signatures AS expired
        WHERE expired.kept_until < now()
        ORDER BY expired.kept_until
        LIMIT 2 * cardinality(use_signatures.signatures)
        FOR UPDATE SKIP LOCKED
    ));

    WITH
    asked AS MATERIALIZED (
        SELECT item.signature, item.signed_at, item.place
        FROM unnest(use_signatures.signatures, use_signatures.signed_at)
            WITH ORDINALITY AS item (signature, signed_at, place)
    ),
    firsts AS MATERIALIZED (
        SELECT DISTINCT ON (item.signature) item.*
        FROM asked AS item
        -- In whole seconds, as most callers write them: their 300th is good to its end.
        WHERE date_trunc('second', item.signed_at)
            BETWEEN date_trunc('second', now()) - interval '300 seconds'
            AND date_trunc('second', now()) + interval '300 seconds'
        ORDER BY item.signature, item.place
    ),
    -- Lock order 9: signatures, in the order of the primary key. Whoever is second waits, and is no first.
    kept AS (
        INSERT INTO identity.used_signatures AS used (signature, kept_until)
        -- 60 seconds longer than it is good: no transaction that still takes it for good may outlast
        -- the one that removes it.
        SELECT item.signature, item.signed_at + interval '361 seconds'
        FROM firsts AS item
        ORDER BY item.signature
        ON CONFLICT ON CONSTRAINT used_signatures_pk DO NOTHING
        RETURNING used.signature
    )
    SELECT array_agg(kept.signature IS NOT NULL ORDER BY item.place)
    INTO _answers
    FROM asked AS item
    LEFT JOIN firsts AS leader ON leader.place = item.place
    LEFT JOIN kept ON kept.signature = leader.signature;

    RETURN coalesce(_answers, '{}');
END
$function$;

COMMENT ON FUNCTION identity.use_signatures(bytea[], timestamptz[])
IS
$comment$Use each signature up; answer, one an item and in order, whether it was good until now.

It is not when its time is more than 300 whole seconds from the database's own, or when it was used before,
by whichever process, or stands earlier in the call. The clock that lets a signature in is the one
that removes it, so that it cannot come back. Each call removes twice as many worthless ones as it
has items, if there are so many.

Raises
  23514  a signature is not of 32 bytes (used_signatures_signature_length)
  40001  another session was first (above READ COMMITTED): call again$comment$;

GRANT EXECUTE ON FUNCTION identity.use_signatures(bytea[], timestamptz[]) TO pgtill_service;

COMMIT;
