-- Deploy pgtill:functions/paths/base58_number to pg
-- requires: schemas/paths

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.base58_number(number numeric)
RETURNS text
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
BEGIN ATOMIC
    WITH RECURSIVE digits (remaining, place, digit) AS (
        SELECT
            div(base58_number.number, 58) AS remaining,
            1 AS place,
            mod(base58_number.number, 58)::integer AS digit
        WHERE base58_number.number >= 0
        UNION ALL
        SELECT
            div(digits.remaining, 58) AS remaining,
            digits.place + 1 AS place,
            mod(digits.remaining, 58)::integer AS digit
        FROM digits
        WHERE digits.remaining > 0
    )

    SELECT
        string_agg(
            substr(
                '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz', digits.digit + 1, 1
            ),
            '' ORDER BY digits.place DESC
        )
    FROM digits;
END;

COMMENT ON FUNCTION paths.base58_number(numeric)
IS 'Write a number, most significant digit first, in Bitcoin''s alphabet: 0 is 1, 57 is z, 58 is 21.

Private to to_base58() and class_pointer().';

COMMIT;
