-- begin_chain(): the chain of a new account begins with what it is.
\ir ../../support/begin.psql

SELECT plan(5);

-- Shape

SELECT is(given.shape('ledger.begin_chain()'), 'volatile invoker, private', 'nobody calls it');

-- Given a book

SELECT given.book() AS shop \gset
SELECT
    is_empty(
        $$
        SELECT account.public_id
        FROM ledger.accounts AS account
        WHERE account.chain_hash <> sha256(ledger.account_image(account))
        $$,
        'accounts that were opened'
    );

-- Whoever opens one

CREATE FUNCTION pg_temp.is_begun(path text, entry_count bigint)
RETURNS boolean
LANGUAGE sql
BEGIN ATOMIC
    INSERT INTO ledger.accounts AS account (
        organization_id, name, type, currency, version, chain_hash
    )
    SELECT
        shop.organization_id,
        is_begun.path AS name,
        'asset' AS type,
        'USD' AS currency,
        is_begun.entry_count AS version,
        sha256('brought') AS chain_hash
    FROM ledger.accounts AS shop
    WHERE shop.public_id = given.account('cash')
    RETURNING account.chain_hash = sha256(ledger.account_image(account));
END;

SET LOCAL ROLE pgtill_owner;

SELECT is(pg_temp.is_begun('forged', 0), TRUE, 'a hash that the owner brings is not taken');
SELECT is(pg_temp.is_begun('copied', 7), FALSE, 'but of one that has entries already');

RESET ROLE;
SET LOCAL session_replication_role = replica;

SELECT is(pg_temp.is_begun('replicated', 0), TRUE, 'as a replica would, too');

SELECT * FROM finish();
ROLLBACK;
