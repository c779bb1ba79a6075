-- refuse_wallet_version_change(): a wallet version keeps its number.
\ir ../../support/begin.psql

SELECT plan(5);

-- Shape

SELECT
    is(
        given.shape('paths.refuse_wallet_version_change()'),
        'volatile invoker, private',
        'nobody calls it but the owner'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

UPDATE paths.wallet_versions SET status = 'retired', retired_at = now()
WHERE version_id = 2;
SET LOCAL session_replication_role = replica;


SELECT
    throws_ok(
        attempt.statement, 'TL203', 'a wallet version keeps its id and is never removed',
        attempt.statement
    )
FROM (
    VALUES
    ('UPDATE paths.wallet_versions SET version_id = 7 WHERE version_id = 2'),
    ('UPDATE paths.wallet_versions SET status = ''active'' WHERE version_id = 2'),
    ('DELETE FROM paths.wallet_versions'),
    ('TRUNCATE paths.wallet_versions CASCADE')
) AS attempt (statement);

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
