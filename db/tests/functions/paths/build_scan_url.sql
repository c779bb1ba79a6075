-- build_scan_url(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(2);

-- Shape

SELECT
    is(
        given.shape('paths.build_scan_url(text, text, text, text, text)'),
        'immutable definer, pgtill_auditor pgtill_operator pgtill_service',
        'callable by auditor, operator, service only'
    );

SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        $$
        SELECT paths.build_scan_url('n', repeat('1', 32), '2.3') AS url
        UNION ALL
        SELECT paths.build_scan_url('q', repeat('1', 32), '2', 'jpXCZedGfVQ', 'tags.example.org')
        UNION ALL
        SELECT paths.build_scan_url('x', repeat('1', 32), '2')
        $$,
        $$
        VALUES
        ('https://s.plings.io?t=n&i=' || repeat('1', 32) || '&p=2.3'),
        ('https://tags.example.org?t=q&i=' || repeat('1', 32) || '&p=2&cp=jpXCZedGfVQ'),
        (NULL)
        $$,
        'with a class pointer or without; NULL where a part is none'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
