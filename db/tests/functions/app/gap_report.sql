-- gap_report(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(9);

-- Shape

SELECT
    is(
        given.shape('app.gap_report()'),
        'stable definer, pgtill_auditor pgtill_operator',
        'operators and auditors call it'
    );

-- Given ten addresses handed out by one account, three by another, none by the third

SELECT given.shop() AS shop \gset

SET LOCAL ROLE pgtill_service;

SELECT count(*) AS created
FROM app.allocate_and_insert(
    (
        SELECT jsonb_agg(given.order('k' || nth, CASE WHEN nth > 10 THEN 'ETH' ELSE 'BTC' END))
        FROM generate_series(1, 13) AS nth
    ),
    given.window('wa_btc_regtest_001', 0, 10) || given.window('wa_eth_sepolia_001', 0, 3)
) \gset

RESET ROLE;

CREATE FUNCTION pg_temp.report_of(network text, paid bigint[])
RETURNS text
LANGUAGE sql
BEGIN ATOMIC
    UPDATE app.payment_requests AS request
    SET
        status = CASE
            WHEN request.derivation_index = any(paid)
                THEN (ARRAY['detected', 'confirmed', 'reorged'])[1 + request.derivation_index % 3]
            ELSE (ARRAY['pending', 'expired', 'failed'])[1 + request.derivation_index % 3]
        END
    WHERE request.network = report_of.network;
    SELECT
        format(
            'next %s, last %s, limit %s',
            report.next_index,
            coalesce(report.last_used_index::text, 'none'),
            report.required_gap_limit
        )
    FROM app.gap_report() AS report
    WHERE report.network = report_of.network;
END;

SELECT
    is(
        pg_temp.report_of(asked.network, asked.paid), asked.expected, asked.description
    )
FROM (
    VALUES
    (
        'testnet', '{}'::bigint[], 'next 0, last none, limit 0',
        'nothing handed out: nothing to find'
    ),
    ('sepolia', '{}', 'next 3, last none, limit 3', 'nothing paid: all that was handed out'),
    (
        'regtest', '{9}', 'next 10, last 9, limit 10',
        'nine unpaid before the only paid one: the tenth must be looked at'
    ),
    ('regtest', '{0,1,2,3,4,5,6,7,8,9}', 'next 10, last 9, limit 1', 'all paid: one at a time'),
    ('regtest', '{0,6,7}', 'next 10, last 7, limit 6', 'the longest run lies in the middle'),
    ('regtest', '{0,2}', 'next 10, last 2, limit 7', 'the longest run is the one at the end')
) AS asked (network, paid, expected, description);

-- Acting as an auditor

SET LOCAL ROLE pgtill_auditor;

SELECT
    results_eq(
        'SELECT report.* FROM app.gap_report() AS report',
        $$
        VALUES
        ('wa_btc_regtest_001', 'bitcoin', 'regtest', 10::bigint, 2::bigint, 7::bigint),
        ('wa_btc_testnet_001', 'bitcoin', 'testnet', 0, NULL, 0),
        ('wa_eth_sepolia_001', 'ethereum', 'sepolia', 3, NULL, 3)
        $$,
        'one row an account'
    );

-- Refusals

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        'SELECT app.gap_report()',
        '42501', 'permission denied for function gap_report', 'the service has no need of it'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
