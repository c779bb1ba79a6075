-- has_replayed(): its contract on a server that is no standby; tests/ha has one.
\ir ../../support/begin.psql

SELECT plan(4);

-- Shape

SELECT
    is(
        given.shape('app.has_replayed(text)'),
        'volatile definer, pgtill_service',
        'only the service calls it'
    );

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT is(app.has_replayed(app.read_token()), NULL, 'who follows nobody cannot say');
SELECT is(app.has_replayed(repeat('0', 24)), NULL, 'not even of the beginning');
SELECT is(app.has_replayed('no token'), NULL, 'nor of what is no token');

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
