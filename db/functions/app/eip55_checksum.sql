-- Deploy pgtill:functions/app/eip55_checksum to pg
-- requires: functions/app/keccak256

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.eip55_checksum(address text)
RETURNS text
LANGUAGE plpgsql
IMMUTABLE
STRICT
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _digits text COLLATE "C";
    _hash bytea;
    _checksummed text := '0x';
BEGIN
    IF octet_length(eip55_checksum.address) <> 42
        OR eip55_checksum.address COLLATE "C" !~ '^0x[0-9A-Fa-f]*$'
    THEN
        RETURN NULL;
    END IF;

    _digits := lower(substr(eip55_checksum.address, 3) COLLATE "C");
    -- To SQL_ASCII nothing is converted: these are the bytes as they are.
    _hash := app.keccak256(convert_to(_digits, 'SQL_ASCII'));
    -- A letter is written large where the hash's hex digit of the same place is 8 or more.
    FOR _place IN 0 .. 39 LOOP
        _checksummed := _checksummed || CASE
            WHEN get_byte(_hash, _place / 2) >> (4 - 4 * mod(_place, 2)) & 8 = 8
                THEN upper(substr(_digits, _place + 1, 1) COLLATE "C")
            ELSE substr(_digits, _place + 1, 1)
        END;
    END LOOP;
    RETURN _checksummed;
END
$function$;

COMMENT ON FUNCTION app.eip55_checksum(text)
IS
$comment$Write an EVM address with its checksum, which is the case of its letters (EIP-55).

The case of the argument does not matter. NULL for NULL and for what is not 0x and 40 hex digits.
Takes about half a millisecond. Private to is_evm_address().$comment$;

COMMIT;
