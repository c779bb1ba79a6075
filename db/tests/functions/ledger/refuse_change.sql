-- refuse_change(): the ledger is append-only, for everybody.
\ir ../../support/begin.psql

SELECT plan(42);

-- Shape

SELECT is(given.shape('ledger.refuse_change()'), 'volatile invoker, private', 'nobody calls it');

-- Given one journal

SELECT given.book() AS shop \gset
SELECT given.post(given.journal('a', 'cash', 'sales', 100)) AS posted \gset
SET CONSTRAINTS ALL IMMEDIATE;

-- Refusals: the superuser, then where ordinary triggers are off, then the owner

CREATE TEMPORARY TABLE attempts AS
SELECT attempt.statement
FROM (
    VALUES
    ('UPDATE ledger.entries SET amount = 1'),
    ('UPDATE ledger.entries SET amount = amount WHERE FALSE'),
    ('DELETE FROM ledger.entries'),
    ('TRUNCATE ledger.entries CASCADE'),
    ('UPDATE ledger.journals SET reason = ''other'''),
    ('DELETE FROM ledger.journals'),
    ('TRUNCATE ledger.journals CASCADE'),
    ('DELETE FROM ledger.accounts'),
    ('TRUNCATE ledger.accounts CASCADE'),
    ('UPDATE ledger.currencies SET exponent = 3'),
    ('DELETE FROM ledger.currencies'),
    ('TRUNCATE ledger.currencies CASCADE'),
    (
        'MERGE INTO ledger.entries AS entry USING (VALUES (1)) AS one (id)'
        ' ON entry.version = one.id'
        ' WHEN MATCHED THEN DELETE'
    )
) AS attempt (statement);
GRANT SELECT ON attempts TO pgtill_owner;

SELECT
    throws_ok(
        attempt.statement, 'TL302', 'the ledger is append-only',
        format('%s, by the superuser', attempt.statement)
    )
FROM attempts AS attempt;

SET LOCAL session_replication_role = replica;

SELECT
    throws_ok(
        attempt.statement, 'TL302', 'the ledger is append-only',
        format('%s, as a replica would', attempt.statement)
    )
FROM attempts AS attempt;

SET LOCAL session_replication_role = origin;
SET LOCAL ROLE pgtill_owner;

SELECT
    throws_ok(
        attempt.statement, 'TL302', 'the ledger is append-only',
        format('%s, by the owner', attempt.statement)
    )
FROM attempts AS attempt;

RESET ROLE;

-- State after

SELECT is(count(*), 2::bigint, 'the entries are still there') FROM ledger.entries;
SELECT is_empty('SELECT broken.* FROM ledger.verify() AS broken', 'and as they were');

SELECT * FROM finish();
ROLLBACK;
