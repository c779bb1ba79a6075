-- refuse_account_change(): nobody edits an account.
\ir ../../support/begin.psql

SELECT plan(13);

-- Shape

SELECT
    is(
        given.shape('ledger.refuse_account_change()'),
        'volatile invoker, private',
        'nobody calls it'
    );

-- Given one journal

SELECT given.book() AS shop \gset
SELECT given.post(given.journal('a', 'cash', 'sales', 100)) AS posted \gset

-- Refusals

CREATE TEMPORARY TABLE attempts AS
SELECT attempt.statement
FROM (
    VALUES
    ('UPDATE ledger.accounts SET balance = 1000000'),
    ('UPDATE ledger.accounts SET version = version + 1'),
    ('UPDATE ledger.accounts SET floor = -1'),
    ('UPDATE ledger.accounts SET name = ''mine'' WHERE FALSE'),
    (
        'INSERT INTO ledger.accounts (organization_id, name, type, currency)'
        ' SELECT organization_id, name, type, currency FROM ledger.accounts'
        ' ON CONFLICT ON CONSTRAINT accounts_name_unique DO UPDATE SET balance = 7'
    )
) AS attempt (statement);
GRANT SELECT ON attempts TO pgtill_owner;

SELECT
    throws_ok(
        attempt.statement, 'TL304', 'an account is moved by its entries and holds alone',
        format('%s, by the superuser', attempt.statement)
    )
FROM attempts AS attempt;

SET LOCAL session_replication_role = replica;

SELECT
    throws_ok(
        attempt.statement, 'TL304', 'an account is moved by its entries and holds alone',
        format('%s, as a replica would', attempt.statement)
    )
FROM attempts AS attempt
WHERE attempt.statement LIKE 'UPDATE ledger.accounts SET balance%';

SET LOCAL session_replication_role = origin;
SET LOCAL ROLE pgtill_owner;

SELECT
    throws_ok(
        attempt.statement, 'TL304', 'an account is moved by its entries and holds alone',
        format('%s, by the owner', attempt.statement)
    )
FROM attempts AS attempt;

RESET ROLE;

SELECT is(given.balances('cash'), '100 at 1', 'the account stands where it stood');

SELECT * FROM finish();
ROLLBACK;
