-- eip55_checksum(): the contract its COMMENT promises, clause by clause.
\ir ../../support/begin.psql

SELECT plan(16);

-- Shape

SELECT function_returns('app', 'eip55_checksum', ARRAY['text'], 'text');
SELECT function_lang_is('app', 'eip55_checksum', ARRAY['text'], 'plpgsql');
SELECT volatility_is('app', 'eip55_checksum', ARRAY['text'], 'immutable');
SELECT is_strict('app', 'eip55_checksum', ARRAY['text']);
SELECT isnt_definer('app', 'eip55_checksum', ARRAY['text']);
SELECT function_owner_is('app', 'eip55_checksum', ARRAY['text'], 'pgtill_owner');
SELECT function_privs_are('app', 'eip55_checksum', ARRAY['text'], 'pgtill_service', '{}'::name[]);
SELECT function_privs_are('app', 'eip55_checksum', ARRAY['text'], 'pgtill_operator', '{}'::name[]);
SELECT function_privs_are('app', 'eip55_checksum', ARRAY['text'], 'pgtill_auditor', '{}'::name[]);

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

-- Acting as the owner

GRANT SELECT ON published TO pgtill_owner;
SET LOCAL ROLE pgtill_owner;

SELECT
    is_empty(
        'SELECT address FROM published WHERE app.eip55_checksum(address) IS DISTINCT FROM address',
        'a published address is its own checksum, but for those that are written in one case'
    );
SELECT
    is_empty(
        $$
        SELECT address FROM published
        WHERE app.eip55_checksum(lower(address)) IS DISTINCT FROM app.eip55_checksum(address)
            OR app.eip55_checksum('0x' || upper(right(address, 40)))
            IS DISTINCT FROM app.eip55_checksum(address)
        $$,
        'the case of what it is given does not matter'
    );
SELECT
    is(
        app.eip55_checksum('0x0000000000000000000000000000000000000000'),
        '0x0000000000000000000000000000000000000000',
        'digits have no case'
    );
SELECT is(app.eip55_checksum(NULL), NULL, 'of no address it is NULL');
SELECT
    is_empty(
        $$
        SELECT text FROM unnest(ARRAY[
            '',
            '0x',
            '5aaeb6053f3e94c9b9a09f33669435e7ef1beaed',
            '0X5aaeb6053f3e94c9b9a09f33669435e7ef1beaed',
            '0x5aaeb6053f3e94c9b9a09f33669435e7ef1beae',
            '0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed0',
            '0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaeg',
            E'0x5aaeb6053f3e94c9b9a09f33669435e7ef1beae\n',
            '0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaé',
            '0x5aaeb6053f3e94c9b9a09f33669435e7ef1bea１'
        ]) AS text
        WHERE app.eip55_checksum(text) IS NOT NULL
        $$,
        'so it is of what is not 0x and 40 hex digits'
    );
SELECT
    is(
        app.eip55_checksum('0x' || repeat('a', 1048576)), NULL, 'and of a megabyte of them'
    );

-- Refusals

RESET ROLE;
SET LOCAL ROLE pgtill_service;
SELECT
    throws_ok(
        $$ SELECT app.eip55_checksum('') $$,
        '42501',
        'permission denied for function eip55_checksum',
        'the service has no call for it'
    );
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
