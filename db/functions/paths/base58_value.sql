-- Deploy pgtill:functions/paths/base58_value to pg
-- requires: schemas/paths

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.base58_value(digits text)
RETURNS numeric
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
BEGIN ATOMIC
    SELECT
        sum(
            (
                strpos('123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz', digit.letter)
                - 1
            )
            * 58::numeric ^ (length(base58_value.digits) - digit.place)
        )
    FROM
        string_to_table(base58_value.digits, NULL)
        WITH ORDINALITY AS digit (letter, place)
    WHERE
        base58_value.digits ~ '^[1-9A-HJ-NP-Za-km-z]*$'
        AND length(base58_value.digits) <= 44;
END;

COMMENT ON FUNCTION paths.base58_value(text)
IS 'Read 1 to 44 Base58 digits as a number, whatever they begin with; NULL where it is none.

Private to is_scan().';

COMMIT;
