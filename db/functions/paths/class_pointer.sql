-- Deploy pgtill:functions/paths/class_pointer to pg
-- requires: functions/paths/parse_path
-- requires: functions/paths/base58_number

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.class_pointer(public_key text, base_path text)
RETURNS text
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT lpad(paths.base58_number(halves.high * 4294967296 + halves.low), 11, '1')
    -- lpad() would cut; 58^11 is the first power above 2^64, so nothing is longer.
    FROM (
        SELECT
            ('x' || encode(substring(digest.bytes FROM 1 FOR 4), 'hex'))::bit(32)::bigint::numeric
                AS high,
            ('x' || encode(substring(digest.bytes FROM 5 FOR 4), 'hex'))::bit(32)::bigint::numeric
                AS low
        FROM (
            SELECT
                sha256(
                    convert_to(class_pointer.public_key || ':' || class_pointer.base_path, 'UTF8')
                ) AS bytes
            WHERE paths.parse_path(class_pointer.base_path) IS NOT NULL
        ) AS digest
    ) AS halves;
END;

COMMENT ON FUNCTION paths.class_pointer(text, text)
IS
'Write the first 8 bytes of SHA-256 over <public key>:<decimal path> in 11 Base58 characters, filled
up with 1 on the left; NULL where it is no path.';

GRANT EXECUTE ON FUNCTION paths.class_pointer(text, text)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
