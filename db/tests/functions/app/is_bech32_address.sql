-- is_bech32_address(): the contract its COMMENT promises, clause by clause.
\ir ../../support/begin.psql
\set signature 'ARRAY[''text'', ''text'']'

SELECT plan(38);

-- Shape

SELECT function_returns('app', 'is_bech32_address', :signature, 'boolean');
SELECT function_lang_is('app', 'is_bech32_address', :signature, 'plpgsql');
SELECT volatility_is('app', 'is_bech32_address', :signature, 'immutable');
SELECT is_strict('app', 'is_bech32_address', :signature);
SELECT isnt_definer('app', 'is_bech32_address', :signature);
SELECT function_owner_is('app', 'is_bech32_address', :signature, 'pgtill_owner');
SELECT function_privs_are('app', 'is_bech32_address', :signature, 'pgtill_service', '{}'::name[]);
SELECT function_privs_are('app', 'is_bech32_address', :signature, 'pgtill_operator', '{}'::name[]);
SELECT function_privs_are('app', 'is_bech32_address', :signature, 'pgtill_auditor', '{}'::name[]);
SELECT is(proparallel, 's', 'it may run in parallel')
FROM pg_proc
WHERE oid = 'app.is_bech32_address(text, text)'::regprocedure;

-- Given BIP173 in its own words: symbols in, one a step

CREATE FUNCTION pg_temp.polymod(symbols integer[])
RETURNS integer
LANGUAGE plpgsql
AS $function$
DECLARE
    _generators CONSTANT integer[] := ARRAY[
        x'3b6a57b2'::integer, x'26508e6d'::integer, x'1ea119fa'::integer,
        x'3d4233dd'::integer, x'2a1462b3'::integer
    ];
    _checksum integer := 1;
    _top integer;
    _symbol integer;
BEGIN
    FOREACH _symbol IN ARRAY polymod.symbols LOOP
        _top := _checksum >> 25;
        _checksum := ((_checksum & x'1ffffff'::integer) << 5) # _symbol;
        FOR _bit IN 0 .. 4 LOOP
            IF (_top >> _bit) & 1 = 1 THEN
                _checksum := _checksum # _generators[_bit + 1];
            END IF;
        END LOOP;
    END LOOP;
    RETURN _checksum;
END
$function$;

CREATE FUNCTION pg_temp.expand(hrp text)
RETURNS integer[]
LANGUAGE sql
AS $function$
SELECT array_agg(ascii(letter) >> 5) || 0 || array_agg(ascii(letter) & 31)
FROM string_to_table(hrp, NULL) AS letter
$function$;

-- An address with any symbols for a program, right or not, and a right checksum.
CREATE FUNCTION pg_temp.address(hrp text, symbols integer[], constant integer)
RETURNS text
LANGUAGE sql
AS $function$
WITH summed AS (
    SELECT pg_temp.polymod(pg_temp.expand(hrp) || symbols || '{0,0,0,0,0,0}') # constant AS sum
)
SELECT hrp || '1' || string_agg(
    substr('qpzry9x8gf2tvdw0s3jn54khce6mua7l', 1 + symbol, 1), '' ORDER BY place
)
FROM summed
CROSS JOIN unnest(symbols || ARRAY[
    sum >> 25, sum >> 20 & 31, sum >> 15 & 31, sum >> 10 & 31, sum >> 5 & 31, sum & 31
]) WITH ORDINALITY AS entry (symbol, place)
$function$;

-- A program of so many bytes, in symbols, padded with zeros; the seed makes it.
CREATE FUNCTION pg_temp.program(bytes integer, seed text)
RETURNS integer[]
LANGUAGE sql
AS $function$
SELECT array_agg((
    substr(bits, 5 * place + 1, 5)::bit(5)::integer
) ORDER BY place)
FROM (
    SELECT rpad(
        left(
            (('x' || md5(seed || 1) || md5(seed || 2) || md5(seed || 3))::bit(384))::text,
            8 * bytes
        ),
        (8 * bytes + 4) / 5 * 5,
        '0'
    ) AS bits
) AS padded
CROSS JOIN generate_series(0, (8 * bytes + 4) / 5 - 1) AS place
$function$;

CREATE TEMPORARY TABLE published (hrp text, address text);
INSERT INTO published (hrp, address)
VALUES
('bc', 'BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4'),
('tb', 'tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7'),
('bc', 'bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y'),
('bc', 'BC1SW50QGDZ25J'),
('bc', 'bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs'),
('tb', 'tb1qqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesrxh6hy'),
('tb', 'tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c'),
('bc', 'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0');

-- Strings of which BIP173 and BIP350 say only whether the checksum is right.
CREATE TEMPORARY TABLE bare (address text);
INSERT INTO bare (address)
VALUES
('A12UEL5L'),
('a12uel5l'),
('an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs'),
('abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw'),
('11qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqc8247j'),
('split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w'),
('?1ezyfcl'),
(' 1nwldj5'),
(E'\u007f1axkwrx'),
(E'\u00801eym55h'),
('an84characterslonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1569pvx'),
('pzry9x0s0muk'),
('1pzry9x0s0muk'),
('x1b4n0q5v'),
('li1dgmt3'),
(E'de1lg7wt\u00ff'),
('A1G7SGD8'),
('10a06t8'),
('1qzzfhee'),
('A1LQFN3A'),
('a1lqfn3a'),
('an83characterlonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber11sg7hg6'),
('abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx'),
('11llllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllludsr8'),
('split1checkupstagehandshakeupstreamerranterredcaperredlc445v'),
('?1v759aa'),
(' 1xj0phk'),
(E'\u007f1g6xzxy'),
(E'\u00801vctc34'),
('an84characterslonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber11d6pts4'),
('qyrz8wqd2c9m'),
('1qyrz8wqd2c9m'),
('y1b0jsk6g'),
('lt1igcx5c0'),
('in1muywd'),
('mm1crxm3i'),
('au1s5cgom'),
('M1VUXWEZ'),
('16plkw9'),
('1p2gdwpf');

CREATE TEMPORARY TABLE made AS
SELECT
    hrp,
    version,
    bytes,
    pg_temp.program(bytes, hrp || version || bytes) AS program,
    CASE version WHEN 0 THEN 1 ELSE x'2bc830a3'::integer END AS constant
FROM unnest('{bc,tb,bcrt,ltc,a,1,a1,~?!,eighteenlettersabc,nineteenlettersabcd}'::text[]) AS hrp
CROSS JOIN generate_series(0, 18) AS version
CROSS JOIN generate_series(0, 42) AS bytes
WHERE bytes > 0;

GRANT SELECT ON published, bare, made TO pgtill_owner;
SET LOCAL ROLE pgtill_owner;

-- The tables in the function's text: those of x^6 and x^0 of the single steps, those of the long
-- step from x^44 down. A table's entry is what BIP173 adds for a symbol with n behind it.
SELECT
    results_eq(
        $$
        SELECT tab[1]::integer[]
        FROM pg_proc
        CROSS JOIN regexp_matches(prosrc, '\[0:31\]=(\{[0-9,]+\})', 'g')
            WITH ORDINALITY AS found (tab, place)
        WHERE oid = 'app.is_bech32_address(text, text)'::regprocedure
        ORDER BY place
        $$,
        $$
        SELECT ARRAY(
            SELECT
                pg_temp.polymod(symbol || array_fill(0, ARRAY[power]))
                # pg_temp.polymod(0 || array_fill(0, ARRAY[power]))
            FROM generate_series(0, 31) AS symbol
            ORDER BY symbol
        )
        FROM unnest(
            ARRAY[6, 6, 0] || ARRAY(SELECT generate_series(44, 0, -1))
        ) WITH ORDINALITY AS wanted (power, place)
        ORDER BY place
        $$,
        'every table is what BIP173''s generator makes'
    );
SELECT
    results_eq(
        $$
        SELECT pair[1], pair[2]::integer
        FROM pg_proc
        CROSS JOIN regexp_matches(prosrc, 'WHEN ''([a-z]+)'' THEN ([0-9]+)', 'g') AS pair
        WHERE oid = 'app.is_bech32_address(text, text)'::regprocedure
        $$,
        $$
        SELECT hrp COLLATE "C", pg_temp.polymod(pg_temp.expand(hrp))
        FROM unnest('{bc,tb,bcrt}'::text[]) AS hrp
        $$,
        'the sums after known prefixes are what BIP173''s generator makes'
    );

-- What is an address

SELECT
    is_empty(
        'SELECT * FROM published WHERE app.is_bech32_address(hrp, address) IS NOT TRUE',
        'BIP350''s valid addresses are'
    );
SELECT
    is_empty(
        $$
        SELECT * FROM published
        WHERE app.is_bech32_address(hrp, lower(address)) IS NOT TRUE
            OR app.is_bech32_address(hrp, upper(address)) IS NOT TRUE
        $$,
        'so they are in lower case and in upper case'
    );
SELECT
    results_eq(
        $$
        SELECT hrp, version, bytes FROM made
        WHERE app.is_bech32_address(hrp, pg_temp.address(hrp, version || program, constant))
        ORDER BY hrp, version, bytes
        $$,
        $$
        SELECT hrp, version, bytes FROM made
        WHERE version <= 16
            AND bytes BETWEEN 2 AND 40
            AND (version > 0 OR bytes IN (20, 32))
            AND octet_length(hrp) + 8 + (8 * bytes + 4) / 5 <= 90
        ORDER BY hrp, version, bytes
        $$,
        'versions 0 to 16 with programs of 2 to 40 bytes are, version 0 with 20 or 32, others not'
    );

-- What is not

SELECT
    is_empty(
        $$
        SELECT * FROM made
        WHERE app.is_bech32_address(hrp, pg_temp.address(
            hrp, version || program, CASE version WHEN 0 THEN x'2bc830a3'::integer ELSE 1 END
        )) IS NOT FALSE
        $$,
        'Bech32m in version 0 and Bech32 in versions 1 to 16 are refused'
    );
SELECT
    is_empty(
        $$
        SELECT * FROM made
        CROSS JOIN generate_series(0, 29) AS flipped
        WHERE hrp IN ('bc', 'bcrt', 'a1')
            AND version IN (0, 1, 16)
            AND bytes IN (2, 20, 32, 40)
            AND app.is_bech32_address(
                hrp, pg_temp.address(hrp, version || program, constant # (1 << flipped))
            ) IS NOT FALSE
        $$,
        'a checksum with any one bit wrong is refused'
    );
SELECT
    is_empty(
        $$
        SELECT * FROM (
            VALUES
            ('bc', 'bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7k7grplx'),
            ('bc', 'BC1SW50QA3JX3S'),
            ('bc', 'bc1zw508d6qejxtdg4y5r3zarvaryvg6kdaj')
        ) AS superseded (hrp, address)
        WHERE app.is_bech32_address(hrp, address) IS NOT FALSE
        $$,
        'BIP173''s addresses that BIP350 supersedes are refused'
    );
SELECT
    is_empty(
        $$
        SELECT * FROM (
            VALUES
            -- invalid human-readable part
            ('tb', 'tc1qw508d6qejxtdg4y5r3zarvary0c5xw7kg3g4ty'),
            ('tb', 'tc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq5zuyut'),
            -- invalid checksum
            ('bc', 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5'),
            ('bc', 'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd'),
            ('tb', 'tb1z0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqglt7rf'),
            ('bc', 'BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL'),
            ('bc', 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh'),
            ('tb', 'tb1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq24jc47'),
            -- invalid witness version
            ('bc', 'BC13W508D6QEJXTDG4Y5R3ZARVARY0C5XW7KN40WF2'),
            ('bc', 'BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R'),
            -- invalid program length
            ('bc', 'bc1rw5uspcuh'),
            ('bc', 'bc10w508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kw5rljs90'),
            ('bc', 'bc1pw5dgrnzv'),
            ('bc', 'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav'),
            -- invalid program length for witness version 0
            ('bc', 'BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P'),
            -- mixed case
            ('tb', 'tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sL5k7'),
            ('tb', 'tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq47Zagq'),
            -- zero padding of more than 4 bits
            ('bc', 'bc1zw508d6qejxtdg4y5r3zarvaryvqyzf3du'),
            ('bc', 'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf'),
            -- non-zero padding in 8-to-5 conversion
            ('tb', 'tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3pjxtptv'),
            ('tb', 'tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vpggkg4j'),
            -- empty data section
            ('bc', 'bc1gmk9yu'),
            -- invalid character in checksum
            ('bc', 'bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4')
        ) AS vector (hrp, address)
        WHERE app.is_bech32_address(hrp, address) IS NOT FALSE
        $$,
        'the invalid addresses of BIP173 and BIP350 are refused'
    );
SELECT
    is_empty(
        $$
        SELECT * FROM bare
        WHERE app.is_bech32_address(
            lower(left(address, -strpos(reverse(address), '1'))), address
        ) IS NOT FALSE
        $$,
        'the bare strings of BIP173 and BIP350, valid or not, are no addresses'
    );
SELECT
    is_empty(
        $$
        SELECT * FROM published
        CROSS JOIN unnest('{"",b,c,bc1,bcr,bcrt,tb,BC,Bc,TB,tbx,xtb,é,１}'::text[]) AS wrong
        WHERE wrong <> hrp AND app.is_bech32_address(wrong, address) IS NOT FALSE
        $$,
        'another prefix, or the right one in upper case, is refused'
    );
SELECT
    is_empty(
        $$
        SELECT hrp FROM unnest(ARRAY['', ' ', 'b c', E'\x7f', 'é', 'BC', 'Bc', '１']) AS hrp
        WHERE app.is_bech32_address(
            hrp,
            pg_temp.address(
                coalesce(nullif(hrp, ''), 'bc'), 0 || pg_temp.program(20, 'a prefix'), 1
            )
        ) IS NOT FALSE
        $$,
        'a prefix of other characters than BIP173 allows is refused, be the checksum right'
    );
SELECT
    is(
        app.is_bech32_address(
            '',
            '1' || right(pg_temp.address('bc', 0 || pg_temp.program(20, 'no prefix'), 1), 39)
        ),
        FALSE,
        'no prefix at all is refused'
    );
SELECT
    is_empty(
        $$
        SELECT * FROM published
        CROSS JOIN generate_series(1, length(address)) AS place
        CROSS JOIN generate_series(32, 126) AS code
        WHERE chr(code) <> substr(address, place, 1)
            AND app.is_bech32_address(hrp, overlay(address PLACING chr(code) FROM place FOR 1))
            IS NOT FALSE
        $$,
        'no published address stays valid with any one character changed, its case included'
    );
SELECT
    is_empty(
        $$
        SELECT hrp, address, place FROM published
        CROSS JOIN generate_series(1, length(address)) AS place
        WHERE app.is_bech32_address(hrp, overlay(address PLACING '' FROM place FOR 1)) IS NOT FALSE
            OR app.is_bech32_address(
                hrp, overlay(address PLACING repeat(substr(address, place, 1), 2) FROM place FOR 1)
            ) IS NOT FALSE
        $$,
        'nor with any one character left out or doubled'
    );
SELECT
    is_empty(
        $$
        SELECT hrp, address, place FROM published
        CROSS JOIN generate_series(1, length(address) - 1) AS place
        WHERE substr(address, place, 1) <> substr(address, place + 1, 1)
            AND app.is_bech32_address(
                hrp,
                overlay(
                    address PLACING reverse(substr(address, place, 2)) FROM place FOR 2
                )
            ) IS NOT FALSE
        $$,
        'nor with any two neighbours exchanged'
    );
SELECT
    is_empty(
        $$
        SELECT added FROM unnest(ARRAY[' ', E'\n', E'\t', E'\\', '1', 'q', E'\u00a0']) AS added
        WHERE app.is_bech32_address('bc', added || 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4')
            IS NOT FALSE
            OR app.is_bech32_address('bc', 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4' || added)
            IS NOT FALSE
        $$,
        'nothing may stand before or behind an address'
    );
SELECT
    is_empty(
        $$
        SELECT padding, bytes FROM generate_series(1, 15) AS padding
        CROSS JOIN generate_series(2, 40) AS bytes
        CROSS JOIN LATERAL pg_temp.program(bytes, 'padding') AS program
        CROSS JOIN unnest('{0,1,16}'::integer[]) AS version
        WHERE padding < 1 << ((5 - 8 * bytes % 5) % 5)
            AND app.is_bech32_address('bc', pg_temp.address(
                'bc',
                version || program[:cardinality(program) - 1]
                || (program[cardinality(program)] | padding),
                CASE version WHEN 0 THEN 1 ELSE x'2bc830a3'::integer END
            )) IS NOT FALSE
        $$,
        'padding that is not zero is refused'
    );
SELECT
    is_empty(
        $$
        SELECT symbols FROM generate_series(0, 80) AS symbols
        CROSS JOIN unnest('{0,1,16}'::integer[]) AS version
        WHERE (symbols < 4 OR symbols > 64 OR symbols * 5 % 8 > 4)
            AND app.is_bech32_address('bc', pg_temp.address(
                'bc',
                version || array_fill(0, ARRAY[symbols]),
                CASE version WHEN 0 THEN 1 ELSE x'2bc830a3'::integer END
            )) IS NOT FALSE
        $$,
        'so is padding of more than four bits, and a program too short or too long'
    );

-- Whatever else may come

SELECT is(app.is_bech32_address('bc', ''), FALSE, 'the empty text is refused');
SELECT
    is_empty(
        $$
        SELECT code FROM unnest('{233,383,8490,65361,128512}'::integer[]) AS code
        CROSS JOIN generate_series(1, 42) AS place
        WHERE app.is_bech32_address('bc', overlay(
            'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4' PLACING chr(code) FROM place FOR 1
        )) IS NOT FALSE
        $$,
        'characters beyond ASCII are refused, the Kelvin sign for a k among them'
    );
SELECT
    cmp_ok(
        given.milliseconds($$ SELECT app.is_bech32_address('bc', 'bc1' || repeat('q', 1048576)) $$),
        '<',
        10 * given.milliseconds($$ SELECT length('bc1' || repeat('q', 1048576)) $$),
        'a megabyte costs little more than to count it'
    );
SELECT
    is(
        app.is_bech32_address('bc', 'bc1' || repeat('q', 1048576)),
        FALSE,
        'and is refused'
    );
SELECT
    is(
        app.is_bech32_address(NULL, 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4'),
        NULL,
        'without a prefix the answer is NULL'
    );
SELECT is(app.is_bech32_address('bc', NULL), NULL, 'without an address the answer is NULL');

SET LOCAL search_path = '';
SELECT
    app.is_bech32_address('bc', 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4') AS bare,
    app.is_bech32_address('a1', 'a11qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4') AS bare_general
\gset
SET LOCAL search_path = pg_catalog, tap, pg_temp;
SELECT is(:'bare' || :'bare_general', 'tf', 'it needs no search_path, as in a restore');

RESET ROLE;

CREATE TEMPORARY TABLE collated (hrp text COLLATE "C", address text COLLATE "POSIX");
INSERT INTO collated (hrp, address)
VALUES ('bc', 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4');
SELECT ok(app.is_bech32_address(hrp, address), 'it answers for columns whose collations differ')
FROM collated;

SET LOCAL ROLE pgtill_service;
SELECT
    throws_ok(
        $$ SELECT app.is_bech32_address('bc', 'bc1') $$,
        '42501',
        'permission denied for function is_bech32_address',
        'the service has no call for it'
    );
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
