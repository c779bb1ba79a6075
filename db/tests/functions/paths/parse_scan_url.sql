-- parse_scan_url(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(3);

-- Shape

SELECT
    is(
        given.shape('paths.parse_scan_url(text, text)'),
        'immutable definer, pgtill_auditor pgtill_operator pgtill_service',
        'callable by auditor, operator, service only'
    );

SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        $$
        SELECT scan.*
        FROM (
            VALUES
            ('https://s.plings.io?t=n&i=%s&p=2.3'),
            ('https://s.plings.io/?cp=jpXCZedGfVQ&p=2&i=%s&t=b')
        ) AS asked (url)
        CROSS JOIN LATERAL paths.parse_scan_url(format(asked.url, repeat('1', 32))) AS scan
        UNION ALL
        SELECT scan.*
        FROM
            paths.parse_scan_url(
                format('https://tags.example.org?t=q&i=%s&p=0', repeat('1', 32)),
                'tags.example.org'
            ) AS scan
        $$,
        $$
        VALUES
        ('n', repeat('1', 32), '2.3', NULL),
        ('b', repeat('1', 32), '2', 'jpXCZedGfVQ'),
        ('q', repeat('1', 32), '0', NULL)
        $$,
        'in any order, with a slash or without, of the host that is asked for'
    );

SELECT
    is_empty(
        $$
        SELECT asked.url
        FROM (
            VALUES
            (''), (NULL), ('https://s.plings.io'), ('https://s.plings.io?'),
            ('http://s.plings.io?t=n&i=%s&p=2.3'),
            ('https://s.plings.io.evil.example?t=n&i=%s&p=2.3'),
            ('https://s.plings.io/x?t=n&i=%s&p=2.3'),
            ('https://s.plings.io?t=n&i=%s&p=2.3&'),
            ('https://s.plings.io?t=n&i=%s&p=2.3&p=2.3'),
            ('https://s.plings.io?t=n&i=%s&p=2.3&x=1'),
            ('https://s.plings.io?t=n&i=%s&p=2.3&cp='),
            ('https://s.plings.io?t=n&i=%s&p=2.3#x'),
            ('https://s.plings.io?t=n=q&i=%s&p=2.3'),
            ('https://s.plings.io?t=x&i=%s&p=2.3'),
            ('https://s.plings.io?t=n&i=%s'),
            ('https://s.plings.io?t=n&p=2.3'),
            ('https://s.plings.io?i=%s&p=2.3'),
            ('https://s.plings.io?t=n&i=%s1&p=2.3')
        ) AS asked (url)
        CROSS JOIN LATERAL paths.parse_scan_url(format(asked.url, repeat('1', 32))) AS scan
        $$,
        'what a tag would not say has no row'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
