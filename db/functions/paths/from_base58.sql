-- Deploy pgtill:functions/paths/from_base58 to pg
-- requires: functions/paths/parse_path
-- requires: functions/paths/number_of_base58

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.from_base58(display text, has_wallet boolean)
RETURNS TABLE (wallet_version integer, base_path text)
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH read AS (
        SELECT
            array_agg(paths.number_of_base58(part.digits) ORDER BY part.place) AS numbers,
            count(*) FILTER (WHERE from_base58.has_wallet)::integer AS with_wallet
        FROM
            string_to_table(from_base58.display, '.') WITH ORDINALITY AS part (digits, place)
        -- 21 numbers of 6 digits and their dots.
        WHERE length(from_base58.display) <= 146
    ),

    split AS (
        SELECT
            CASE WHEN read.with_wallet > 0 THEN read.numbers[1] END AS wallet,
            array_to_string(
                CASE WHEN read.with_wallet > 0 THEN read.numbers[2:] ELSE read.numbers END, '.'
            ) AS path
        FROM read
        -- A number that could not be read is NULL.
        WHERE array_position(read.numbers, NULL) IS NULL
    )

    SELECT
        split.wallet::integer AS wallet_version,
        split.path AS base_path
    FROM split
    WHERE
        paths.parse_path(split.path) IS NOT NULL
        AND coalesce(split.wallet, 1) BETWEEN 1 AND 2147483647;
END;

COMMENT ON FUNCTION paths.from_base58(text, boolean)
IS
'Read what to_base58() wrote, with the wallet in front or without; no row where it is none. Which of
the two it is cannot be told from the text.';

GRANT EXECUTE ON FUNCTION paths.from_base58(text, boolean)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
