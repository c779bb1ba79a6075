-- record_sync_event(): private; what it does is walked in sync_wallet_account.sql.
\ir ../../support/begin.psql

SELECT plan(2);

-- Shape

SELECT
    is(
        given.shape('app.record_sync_event(text, text, text, text)'),
        'volatile invoker, private',
        'nobody calls it but the owner'
    );

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        'SELECT app.record_sync_event(NULL, NULL, NULL, NULL)',
        '42501',
        'permission denied for function record_sync_event',
        'the service does not call it by itself'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
