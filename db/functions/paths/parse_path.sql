-- Deploy pgtill:functions/paths/parse_path to pg
-- requires: schemas/paths

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.parse_path(path text)
RETURNS integer[]
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
BEGIN ATOMIC
    -- One CASE inside the other: a cast must not be tried before the form is known to be good.
    SELECT
        CASE
            WHEN
                length(parse_path.path) <= 219
                AND parse_path.path ~ '^(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))*$'
                THEN
                    CASE
                        WHEN
                            cardinality(string_to_array(parse_path.path, '.')) <= 20
                            -- Nine digits fit, and no component has more if all others have one.
                            AND (
                                length(parse_path.path)
                                - 2 * (cardinality(string_to_array(parse_path.path, '.')) - 1) <= 9
                                OR 2147483647
                                >= all(string_to_array(parse_path.path, '.')::numeric[])
                            )
                            THEN string_to_array(parse_path.path, '.')::integer[]
                    END
        END;
END;

COMMENT ON FUNCTION paths.parse_path(text)
IS
'Read a path: 1 to 20 decimal components, 0 to 2^31 - 1, joined by dots. NULL where it is none.

Private to the functions of this schema.';

COMMIT;
