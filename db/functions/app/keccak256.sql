-- Deploy pgtill:functions/app/keccak256 to pg
-- requires: schemas/app

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.keccak256(data bytea)
RETURNS bytea
LANGUAGE plpgsql
IMMUTABLE
STRICT
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _rate CONSTANT integer := 136;  -- bytes a block: 1088 bits
    -- Step iota's constant of each round, as 64 bits.
    _round_constants CONSTANT text[] := ARRAY[
        '0000000000000001', '0000000000008082', '800000000000808a', '8000000080008000',
        '000000000000808b', '0000000080000001', '8000000080008081', '8000000000008009',
        '000000000000008a', '0000000000000088', '0000000080008009', '000000008000000a',
        '000000008000808b', '800000000000008b', '8000000000008089', '8000000000008003',
        '8000000000008002', '8000000000000080', '000000000000800a', '800000008000000a',
        '8000000080008081', '8000000000008080', '0000000080000001', '8000000080008008'
    ];
    -- The 25 lanes; lane (x, y) is [x + 5 * y], its bits little-endian in the data.
    _lanes bigint[] := array_fill(0::bigint, ARRAY[25], ARRAY[0]);
    _moved bigint[] := array_fill(0::bigint, ARRAY[25], ARRAY[0]);
    _columns bigint[] := array_fill(0::bigint, ARRAY[5], ARRAY[0]);
    _padding integer := _rate - mod(octet_length(keccak256.data), _rate);
    _padded bytea := keccak256.data || decode(repeat('00', _padding), 'hex');
    _digest bytea := decode(repeat('00', 32), 'hex');
    _last integer := octet_length(_padded) - 1;
    _lane bigint;
    _left integer;
    _row integer;
BEGIN
    -- Ethereum's padding is the first Keccak's, 0x01 … 0x80; SHA3-256 begins with 0x06.
    _padded := set_byte(_padded, _last + 1 - _padding, 1);
    _padded := set_byte(_padded, _last, get_byte(_padded, _last) | 128);

    FOR _block IN 0 .. _last BY _rate LOOP
        FOR _byte IN 0 .. _rate - 1 LOOP
            _lanes[_byte / 8] := _lanes[_byte / 8]
                # (get_byte(_padded, _block + _byte)::bigint << (8 * mod(_byte, 8)));
        END LOOP;

        FOR _round IN 1 .. 24 LOOP
            -- theta: each lane takes in the parities of two columns.
            FOR _x IN 0 .. 4 LOOP
                _columns[_x] := _lanes[_x] # _lanes[_x + 5] # _lanes[_x + 10]
                    # _lanes[_x + 15] # _lanes[_x + 20];
            END LOOP;
            FOR _i IN 0 .. 24 LOOP
                _lane := _columns[mod(_i + 1, 5)];
                -- >> keeps the sign of a bigint, so what a rotation brings round is masked.
                _lanes[_i] := _lanes[_i] # _columns[mod(_i + 4, 5)]
                    # (_lane << 1) # (_lane >> 63 & 1);
            END LOOP;

            -- rho and pi: lane (x, y) turns left and goes to (y, 2x + 3y). The walk that begins
            -- at (1, 0) meets every lane but (0, 0); its t-th turn is (t + 1)(t + 2) / 2 bits.
            _moved[0] := _lanes[0];
            _row := 1;
            FOR _t IN 0 .. 23 LOOP
                _lane := _lanes[_row];
                _left := mod((_t + 1) * (_t + 2) / 2, 64);
                _row := _row / 5 + 5 * mod(2 * mod(_row, 5) + 3 * (_row / 5), 5);
                _moved[_row] := (_lane << _left)
                    | (_lane >> (64 - _left) & ((1::bigint << _left) - 1));
            END LOOP;

            -- chi: each lane takes in what two neighbours in its row say.
            FOR _i IN 0 .. 24 LOOP
                _row := _i - mod(_i, 5);
                _lanes[_i] := _moved[_i]
                    # (~_moved[_row + mod(_i + 1, 5)] & _moved[_row + mod(_i + 2, 5)]);
            END LOOP;

            -- iota
            _lanes[0] := _lanes[0] # ('x' || _round_constants[_round])::bit(64)::bigint;
        END LOOP;
    END LOOP;

    FOR _byte IN 0 .. 31 LOOP
        _digest := set_byte(
            _digest, _byte, (_lanes[_byte / 8] >> (8 * mod(_byte, 8)) & 255)::integer
        );
    END LOOP;
    RETURN _digest;
END
$function$;

COMMENT ON FUNCTION app.keccak256(bytea)
IS
$comment$Hash bytes with Keccak-256 as Ethereum does, which is not SHA3-256.

Takes about half a millisecond for each block of 136 bytes: for a checksum, not for bulk.
NULL for NULL. Private to eip55_checksum().$comment$;

COMMIT;
