-- keccak256(): the contract its COMMENT promises, clause by clause.
\ir ../../support/begin.psql

SELECT plan(13);

-- Shape

SELECT function_returns('app', 'keccak256', ARRAY['bytea'], 'bytea');
SELECT function_lang_is('app', 'keccak256', ARRAY['bytea'], 'plpgsql');
SELECT volatility_is('app', 'keccak256', ARRAY['bytea'], 'immutable');
SELECT is_strict('app', 'keccak256', ARRAY['bytea']);
SELECT isnt_definer('app', 'keccak256', ARRAY['bytea']);
SELECT function_owner_is('app', 'keccak256', ARRAY['bytea'], 'pgtill_owner');
SELECT function_privs_are('app', 'keccak256', ARRAY['bytea'], 'pgtill_service', '{}'::name[]);
SELECT function_privs_are('app', 'keccak256', ARRAY['bytea'], 'pgtill_operator', '{}'::name[]);
SELECT function_privs_are('app', 'keccak256', ARRAY['bytea'], 'pgtill_auditor', '{}'::name[]);

-- Acting as the owner

SET LOCAL ROLE pgtill_owner;

SELECT
    results_eq(
        $$
        SELECT encode(app.keccak256(convert_to(data, 'UTF8')), 'hex')
        FROM unnest('{"",abc}'::text[]) WITH ORDINALITY AS entry (data, place)
        ORDER BY place
        $$,
        $$
        VALUES
            ('c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470'),
            ('4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45')
        $$,
        'the hashes of nothing and of abc are the published ones'
    );
-- Bytes 0 to 250, over and over; the hashes are another implementation's (pycryptodome).
SELECT
    is_empty(
        $$
        SELECT bytes, encode(hash, 'hex')
        FROM (
            VALUES
            (1, 'bc36789e7a1e281436464229828f817d6612f7b477d66591ff96a9e064bcc98a'),
            (31, '3e50547cf72e8583ee91462f9d99fe624f53282f78e1a5ec2347b1d0123d0d9b'),
            (134, '861e165162f806cd361c4421a48f205820ddf4deb02db9f041f48e179ddada97'),
            (135, 'cbdfd9dee5faad3818d6b06f95a219fd290b0e1706f6a82e5a595b9ce9faca62'),
            (136, '7ce759f1ab7f9ce437719970c26b0a66ff11fe3e38e17df89cf5d29c7d7f807e'),
            (137, 'ac73d4fae68b8453f764007c1a20ce95994187861f0c3227a3a8e99a73a3b1db'),
            (271, '27eceb59ebc3dc8a04a5b135be641591a7278540e4556a2ba9f408194e666ec3'),
            (272, '8e2476e65823b24d96ebe239f2c1534cdf763e689e2410c3b1cb0c74e6177bfc'),
            (273, '3f02f134370e4debb95140ef49ddd3aed8c65ff1ed83a43f1b269421f179c5f9'),
            (1000, 'af692982e84a5a9688359025660a7857cd28ee7c8d867cfa1677baf2e6d1f63b')
        ) AS vector (bytes, wanted)
        CROSS JOIN LATERAL (
            SELECT app.keccak256(
                decode(string_agg(lpad(to_hex(n % 251), 2, '0'), '' ORDER BY n), 'hex')
            )
            FROM generate_series(0, bytes - 1) AS n
        ) AS computed (hash)
        WHERE encode(hash, 'hex') IS DISTINCT FROM wanted
        $$,
        'so are those of data shorter than a block, as long as one and longer, up to eight blocks'
    );
SELECT is(app.keccak256(NULL), NULL, 'without data the hash is NULL');

-- Refusals

RESET ROLE;
SET LOCAL ROLE pgtill_service;
SELECT
    throws_ok(
        $$ SELECT app.keccak256('') $$,
        '42501',
        'permission denied for function keccak256',
        'the service has no call for it'
    );
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
