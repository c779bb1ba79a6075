-- read_token(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(4);

-- Shape

SELECT
    is(
        given.shape('app.read_token()'),
        'volatile definer, pgtill_service',
        'only the service calls it'
    );

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT matches(app.read_token(), '^[0-9a-fA-F]{8}[0-7][0-9a-f]{15}$', 'timeline and place, in hex');
SELECT
    is(
        substr(app.read_token(), 1, 8),
        substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8),
        'the timeline that is written now'
    );
SELECT
    is(
        ('x' || substr(app.read_token(), 9))::bit(64)::bigint
        >= pg_current_wal_flush_lsn() - '0/0',
        TRUE,
        'no place before what is on the disk'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
