-- is_evm_address(): the contract its COMMENT promises, clause by clause.
\ir ../../support/begin.psql

SELECT plan(24);

-- Shape

SELECT function_returns('app', 'is_evm_address', ARRAY['text'], 'boolean');
SELECT function_lang_is('app', 'is_evm_address', ARRAY['text'], 'plpgsql');
SELECT volatility_is('app', 'is_evm_address', ARRAY['text'], 'immutable');
SELECT is_strict('app', 'is_evm_address', ARRAY['text']);
SELECT isnt_definer('app', 'is_evm_address', ARRAY['text']);
SELECT function_owner_is('app', 'is_evm_address', ARRAY['text'], 'pgtill_owner');
SELECT function_privs_are('app', 'is_evm_address', ARRAY['text'], 'pgtill_service', '{}'::name[]);
SELECT function_privs_are('app', 'is_evm_address', ARRAY['text'], 'pgtill_operator', '{}'::name[]);
SELECT function_privs_are('app', 'is_evm_address', ARRAY['text'], 'pgtill_auditor', '{}'::name[]);
SELECT is(proparallel, 's', 'it may run in parallel')
FROM pg_proc
WHERE oid = 'app.is_evm_address(text)'::regprocedure;

-- Given the addresses of EIP-55 and ERC-1191 as they are written for Ethereum

CREATE TEMPORARY TABLE published (address text);
INSERT INTO published (address)
VALUES
('0x27b1fdb04752bbc536007a920d24acb045561c26'),
('0x3599689E6292b81B2d85451025146515070129Bb'),
('0x42712D45473476b98452f434e72461577D686318'),
('0x52908400098527886E0F7030069857D2E4169EE7'),
('0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'),
('0x6549f4939460DE12611948b3f82b88C3C8975323'),
('0x66f9664f97F2b50F62D13eA064982f936dE76657'),
('0x8617E340B3D01FA5F11F306F4090FD50E238070D'),
('0x88021160C5C792225E4E5452585947470010289D'),
('0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb'),
('0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB'),
('0xde709f2102306220921060314715629080e2fb77'),
('0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359');

-- and as ERC-1191 writes the same ones for two other chains.
CREATE TEMPORARY TABLE foreign_checksums (address text);
INSERT INTO foreign_checksums (address)
VALUES
('0x27b1FdB04752BBc536007A920D24ACB045561c26'),
('0x27B1FdB04752BbC536007a920D24acB045561C26'),
('0x3599689E6292B81B2D85451025146515070129Bb'),
('0x3599689e6292b81b2D85451025146515070129Bb'),
('0x42712D45473476B98452f434E72461577d686318'),
('0x42712D45473476B98452F434E72461577D686318'),
('0x52908400098527886E0F7030069857D2E4169ee7'),
('0x52908400098527886E0F7030069857D2e4169EE7'),
('0x5aaEB6053f3e94c9b9a09f33669435E7ef1bEAeD'),
('0x5aAeb6053F3e94c9b9A09F33669435E7EF1BEaEd'),
('0x6549f4939460dE12611948b3f82b88C3c8975323'),
('0x6549F4939460DE12611948B3F82B88C3C8975323'),
('0x66F9664f97f2B50F62d13EA064982F936de76657'),
('0x66f9664F97F2b50f62d13eA064982F936DE76657'),
('0x8617E340b3D01Fa5f11f306f4090fd50E238070D'),
('0x8617e340b3D01fa5F11f306F4090Fd50e238070d'),
('0x88021160c5C792225E4E5452585947470010289d'),
('0xD1220A0Cf47c7B9BE7a2e6ba89F429762E7B9adB'),
('0xd1220a0CF47c7B9Be7A2E6Ba89f429762E7b9adB'),
('0xDBF03B407c01E7CD3cBea99509D93F8Dddc8C6FB'),
('0xdbF03B407C01E7cd3cbEa99509D93f8dDDc8C6fB'),
('0xDe709F2102306220921060314715629080e2FB77'),
('0xDE709F2102306220921060314715629080e2Fb77'),
('0xFb6916095cA1Df60bb79ce92cE3EA74c37c5d359'),
('0xFb6916095CA1dF60bb79CE92ce3Ea74C37c5D359');

-- Acting as the owner

GRANT SELECT ON published, foreign_checksums TO pgtill_owner;
SET LOCAL ROLE pgtill_owner;

-- What is an address

SELECT
    is_empty(
        'SELECT address FROM published WHERE app.is_evm_address(address) IS NOT TRUE',
        'the published addresses are'
    );
SELECT
    is_empty(
        $$
        SELECT address FROM published
        WHERE app.is_evm_address(lower(address)) IS NOT TRUE
            OR app.is_evm_address('0x' || upper(right(address, 40))) IS NOT TRUE
        $$,
        'so they are with all letters small or all letters large, which is no checksum'
    );
SELECT
    ok(
        app.is_evm_address('0x0000000000000000000000000000000000000000'),
        'an address without letters is one'
    );

-- What is not

SELECT
    is_empty(
        $$
        SELECT flipped.address FROM published
        CROSS JOIN generate_series(3, 42) AS place
        CROSS JOIN LATERAL substr(published.address, place, 1) AS digit
        CROSS JOIN LATERAL overlay(
            published.address
            PLACING CASE digit WHEN lower(digit) THEN upper(digit) ELSE lower(digit) END
            FROM place FOR 1
        ) AS flipped (address)
        WHERE digit ~ '[A-Fa-f]'
            AND app.is_evm_address(flipped.address) IS NOT FALSE
        $$,
        'no published address stays valid with the case of any one letter changed'
    );
SELECT
    is_empty(
        $$
        SELECT address FROM foreign_checksums
        WHERE right(address, 40) <> upper(right(address, 40))
            AND app.is_evm_address(address) IS NOT FALSE
        $$,
        'the checksums of chains that follow ERC-1191 are refused, but for large letters alone'
    );
SELECT
    is_empty(
        $$
        SELECT place, code FROM generate_series(1, 42) AS place
        CROSS JOIN unnest('{10,32,47,58,64,71,88,96,103,233,8490,65297}'::integer[]) AS code
        CROSS JOIN unnest('{
            0xde709f2102306220921060314715629080e2fb77,
            0x8617E340B3D01FA5F11F306F4090FD50E238070D,
            0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed
        }'::text[]) AS address
        WHERE app.is_evm_address(overlay(address PLACING chr(code) FROM place FOR 1)) IS NOT FALSE
        $$,
        'any one character that is no hex digit is refused, a large X and others beyond ASCII too'
    );
SELECT
    is_empty(
        $$
        SELECT digits FROM generate_series(0, 80) AS digits
        WHERE digits <> 40
            AND (
                app.is_evm_address('0x' || repeat('a', digits)) IS NOT FALSE
                OR app.is_evm_address(repeat('a', digits)) IS NOT FALSE
            )
        $$,
        'other lengths are refused'
    );
SELECT
    is_empty(
        $$
        SELECT added FROM unnest(ARRAY[' ', E'\n', '0', E'\\']) AS added
        WHERE app.is_evm_address(added || '0xde709f2102306220921060314715629080e2fb77') IS NOT FALSE
            OR app.is_evm_address('0xde709f2102306220921060314715629080e2fb77' || added)
            IS NOT FALSE
        $$,
        'nothing may stand before or behind an address'
    );

-- Whatever else may come

SELECT is(app.is_evm_address(''), FALSE, 'the empty text is refused');
SELECT is(app.is_evm_address('0x' || repeat('a', 1048576)), FALSE, 'a megabyte is refused');
SELECT
    cmp_ok(
        given.milliseconds($$ SELECT app.is_evm_address('0x' || repeat('a', 1048576)) $$),
        '<',
        10 * given.milliseconds($$ SELECT length('0x' || repeat('a', 1048576)) $$),
        'and costs little more than to count it'
    );
SELECT is(app.is_evm_address(NULL), NULL, 'without an address the answer is NULL');

SET LOCAL search_path = '';
SELECT
    app.is_evm_address('0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed') AS bare,
    app.is_evm_address('0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD') AS bare_wrong
\gset
SET LOCAL search_path = pg_catalog, tap, pg_temp;
SELECT is(:'bare' || :'bare_wrong', 'tf', 'it needs no search_path, as in a restore');

-- Refusals

RESET ROLE;
SET LOCAL ROLE pgtill_service;
SELECT
    throws_ok(
        $$ SELECT app.is_evm_address('') $$,
        '42501',
        'permission denied for function is_evm_address',
        'the service has no call for it'
    );
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
