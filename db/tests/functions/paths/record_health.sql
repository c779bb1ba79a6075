-- record_health(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(6);

-- Shape

SELECT
    is(
        given.shape('paths.record_health(integer, integer, integer, integer, integer)'),
        'volatile definer, pgtill_service',
        'callable by service only'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_service;


SELECT
    lives_ok(
        $$ SELECT paths.record_health(1, 3, 1, 0, 10) $$, 'a day begins'
    );

SELECT
    lives_ok(
        $$ SELECT paths.record_health(1, 4, 0, 2, 30) $$, 'and goes on'
    );

SELECT
    throws_ok(
        $$ SELECT paths.record_health(9, 1, 1, 0, 10) $$,
        '23503',
        'insert or update on table "wallet_health_metrics" violates foreign key'
        ' constraint "wallet_health_metrics_wallet_fk"',
        'no such wallet'
    );

SELECT
    throws_ok(
        $$ SELECT paths.record_health(2, -1, 1, 0, 10) $$,
        '23514',
        'new row for relation "wallet_health_metrics" violates check constraint'
        ' "wallet_health_metrics_not_negative"',
        'counts do not go down'
    );

RESET ROLE;


SELECT
    results_eq(
        $$
        SELECT health.allocations_count, health.verifications_count, health.error_count,
            health.average_response_time_ms FROM paths.wallet_health_metrics AS health
        $$,
        $$
        VALUES (7::bigint, 1::bigint, 2::bigint, 20)
        $$,
        'summed up, and the mean of all'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
