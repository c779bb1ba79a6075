-- Deploy pgtill:functions/identity/random_id to pg
-- requires: schemas/identity

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION identity.random_id(prefix text)
RETURNS text
LANGUAGE sql
VOLATILE
PARALLEL SAFE
BEGIN ATOMIC
    -- A version 4 UUID has six fixed bits; its hash has none.
    SELECT
        random_id.prefix
        || encode(substring(sha256(uuid_send(gen_random_uuid())) FOR 12), 'hex');
END;

COMMENT ON FUNCTION identity.random_id(text)
IS 'Make an id for the outside: the prefix and 24 lower hex digits, 96 random bits.';

COMMIT;
