-- Deploy pgtill:functions/paths/number_of_base58 to pg
-- requires: schemas/paths

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.number_of_base58(digits text)
RETURNS bigint
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
            * 58::numeric ^ (length(number_of_base58.digits) - digit.place)
        )::bigint
    FROM
        string_to_table(number_of_base58.digits, NULL)
        WITH ORDINALITY AS digit (letter, place)
    WHERE
        number_of_base58.digits ~ '^(1|[2-9A-HJ-NP-Za-km-z][1-9A-HJ-NP-Za-km-z]*)$'
        AND length(number_of_base58.digits) <= 6;
END;

COMMENT ON FUNCTION paths.number_of_base58(text)
IS 'Read a number of 1 to 6 Base58 digits, without leading 1s; NULL where it is none.

Private to from_base58().';

COMMIT;
