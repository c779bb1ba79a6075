-- Deploy pgtill:functions/app/is_bech32_address to pg
-- requires: schemas/app

BEGIN;

SET LOCAL ROLE pgtill_owner;

-- A CHECK runs with every row, and BIP173's own way, one symbol a step, takes nearly twice as
-- long as what follows. The checksum is linear: whatever the other symbols are, a symbol of value
-- v with n symbols behind it adds (exclusive or) v * x^n modulo BIP173's generator. So one step
-- may take many symbols, with a table of the 32 addends v * x^n for each n. The tables are worked
-- out here and become constants of the function; its test works them out again in BIP173's words.
DO $do$
DECLARE
    -- Symbols a step: all that follows the 1 in an address of version 0 with a 20-byte program.
    _step CONSTANT integer := 39;
    _alphabet CONSTANT text := 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
    _values bytea := decode(repeat('ff', 256), 'hex');
    _addends integer[] := ARRAY(SELECT generate_series(0, 31));
    _times_x6 integer[];
    _tables text[] := '{}';
    _terms text;
    _prefix text;
    _symbol integer;
    _sum integer;
    _sums text := '';
BEGIN
    -- Byte to value of the symbol; 255, which no table has, for a byte that is no symbol.
    FOR _value IN 0 .. 31 LOOP
        _values := set_byte(_values, ascii(substr(_alphabet, _value + 1, 1)), _value);
    END LOOP;

    -- _tables[1 + n] holds v * x^n for each v.
    FOR _power IN 0 .. _step + 5 LOOP
        _tables := _tables || format('(%L::integer[])', '[0:31]=' || _addends::text);
        IF _power = 6 THEN
            _times_x6 := _addends;
        END IF;
        -- Times x: 25 bits move up a symbol; the five above choose among BIP173's generators.
        _addends := ARRAY(
            SELECT
                ((entry.addend & 33554431) << 5)
                # (entry.addend >> 25 & 1) * 996825010
                # (entry.addend >> 26 & 1) * 642813549
                # (entry.addend >> 27 & 1) * 513874426
                # (entry.addend >> 28 & 1) * 1027748829
                # (entry.addend >> 29 & 1) * 705979059
            FROM unnest(_addends) WITH ORDINALITY AS entry (addend, place)
            ORDER BY entry.place
        );
    END LOOP;

    -- What a step adds up: the sum so far, which is six symbols, and the last symbols.
    SELECT string_agg(
        _tables[1 + power] || CASE
            WHEN power >= _step THEN format('[_sum >> %s & 31]', 5 * (power - _step))
            ELSE format('[get_byte(_values, get_byte(_symbols, _length - %s))]', 1 + power)
        END,
        E'\n            # '
        ORDER BY power DESC
    )
    INTO _terms
    FROM generate_series(0, _step + 5) AS power;

    -- The sums after the prefixes of the bitcoin networks, which need not be worked out again.
    FOREACH _prefix IN ARRAY ARRAY['bc', 'tb', 'bcrt'] LOOP
        _sum := 1;
        FOREACH _symbol IN ARRAY (
            SELECT array_agg(ascii(letter) >> 5) || 0 || array_agg(ascii(letter) & 31)
            FROM string_to_table(_prefix, NULL) AS letter
        ) LOOP
            _sum := ((_sum & 33554431) << 5) # _times_x6[1 + (_sum >> 25)] # _symbol;
        END LOOP;
        _sums := _sums || format(E'\n        WHEN %L THEN %s', _prefix, _sum);
    END LOOP;

    EXECUTE format(
        $format$
CREATE OR REPLACE FUNCTION app.is_bech32_address(
    hrp text,
    address text
)
RETURNS boolean
LANGUAGE plpgsql
IMMUTABLE
STRICT
PARALLEL SAFE
AS $function$
#variable_conflict error
DECLARE
    -- The value of each byte's symbol; 255 is in no table and makes the sum NULL.
    _values CONSTANT bytea := %1$L::bytea;
    _lower text COLLATE "C";
    _symbols bytea;
    _length integer;
    _padding integer;
    _sum integer;
BEGIN
    IF octet_length(is_bech32_address.address) > 90 THEN
        RETURN FALSE;
    END IF;

    _lower := lower(is_bech32_address.address COLLATE "C");
    IF NOT starts_with(_lower COLLATE "C", is_bech32_address.hrp || '1')
        OR (
            is_bech32_address.address COLLATE "C" <> _lower
            AND is_bech32_address.address COLLATE "C" <> upper(_lower COLLATE "C")
        )
    THEN
        RETURN FALSE;
    END IF;

    -- To SQL_ASCII nothing is converted: these are the bytes as they are.
    _symbols := convert_to(right(_lower, -1 - length(is_bech32_address.hrp)), 'SQL_ASCII');
    _length := octet_length(_symbols);
    -- A symbol of version, 4 to 64 of program, six of checksum.
    IF _length NOT BETWEEN 11 AND 71 THEN
        RETURN FALSE;
    END IF;

    _sum := CASE is_bech32_address.hrp%2$s
    END;
    IF _sum IS NULL THEN
        IF is_bech32_address.hrp COLLATE "C" !~ '^[!-~]+$' THEN
            RETURN FALSE;
        END IF;
        -- A prefix counts as the high bits of each character, a zero, the low bits of each.
        _sum := 1;
        FOR _place IN -length(is_bech32_address.hrp) .. length(is_bech32_address.hrp) LOOP
            _sum := ((_sum & 33554431) << 5) # %3$s[_sum >> 25] # CASE
                WHEN _place < 0 THEN ascii(right(is_bech32_address.hrp, -_place)) >> 5
                WHEN _place = 0 THEN 0
                ELSE ascii(substr(is_bech32_address.hrp, _place)) & 31
            END;
        END LOOP;
    END IF;

    -- One by one until %4$s are left, or none.
    FOR _place IN 0 .. mod(_length, %4$s) - 1 LOOP
        _sum := ((_sum & 33554431) << 5)
            # %3$s[_sum >> 25]
            # %5$s[get_byte(_values, get_byte(_symbols, _place))];
    END LOOP;
    IF _length >= %4$s THEN
        _sum :=
            %6$s;
    END IF;

    -- Version 0, which is the symbol q, is Bech32; later ones are Bech32m.
    IF get_byte(_symbols, 0) = ascii('q') THEN
        RETURN coalesce(
            _sum = 1
            AND (
                _length = 39
                OR (_length = 59 AND get_byte(_values, get_byte(_symbols, 52)) & 15 = 0)
            ),
            FALSE
        );
    END IF;
    _padding := mod(5 * (_length - 7), 8);
    RETURN coalesce(
        _sum = 734539939
        AND get_byte(_values, get_byte(_symbols, 0)) <= 16
        AND _padding <= 4
        AND get_byte(_values, get_byte(_symbols, _length - 7)) & ((1 << _padding) - 1) = 0,
        FALSE
    );
END
$function$
        $format$,
        _values,
        _sums,
        _tables[7],
        _step,
        _tables[1],
        _terms
    );
END
$do$;

COMMENT ON FUNCTION app.is_bech32_address(text, text)
IS
$comment$Tell whether a text is a segwit address with this human-readable part (BIP173, BIP350).

True for all lower and for all upper case, versions 0 to 16, programs of 2 to 40 bytes (20 or 32
in version 0), with the checksum of the version: Bech32 for 0, Bech32m for 1 to 16.
False for everything else, of whatever length or encoding, and for a prefix that is not in lower
case. It raises nothing. NULL for NULL: a CHECK that must not let NULL pass says IS TRUE.
Private: for constraints of this schema.$comment$;

COMMIT;
