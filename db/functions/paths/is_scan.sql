-- Deploy pgtill:functions/paths/is_scan to pg
-- requires: functions/paths/parse_path
-- requires: functions/paths/base58_value

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.is_scan(
    carrier text,
    instance_key text,
    base_path text,
    class_pointer text
)
RETURNS boolean
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
BEGIN ATOMIC
    SELECT
        coalesce(
            is_scan.carrier IN ('q', 'n', 'r', 'b')
            -- Base58 of bytes: each leading 1 is a byte 0, the others are a number.
            AND CASE
                WHEN key.size BETWEEN 1 AND 32
                    THEN
                        key.number < 256::numeric ^ key.size
                        AND key.number >= 256::numeric ^ (key.size - 1)
                ELSE key.size = 0 AND key.number = 0
            END
            AND paths.parse_path(is_scan.base_path) IS NOT NULL
            AND (
                is_scan.class_pointer IS NULL
                OR coalesce(
                    length(is_scan.class_pointer) = 11
                    AND paths.base58_value(is_scan.class_pointer) < 18446744073709551616,
                    FALSE
                )
            ),
            FALSE
        )
    FROM (
        SELECT
            32 - length(is_scan.instance_key) + length(ltrim(is_scan.instance_key, '1')) AS size,
            paths.base58_value(is_scan.instance_key) AS number
    ) AS key;
END;

COMMENT ON FUNCTION paths.is_scan(text, text, text, text)
IS
'Tell whether a tag may say so: carrier q, n, r or b, an instance key of 32 bytes in Base58, a
decimal path, and a class pointer (11 Base58 characters, of 8 bytes) or none.

Private to build_scan_url() and parse_scan_url().';

COMMIT;
