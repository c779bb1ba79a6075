-- account_image(): no two accounts have one image, whatever the settings of the session.
\ir ../../support/begin.psql

SELECT plan(13);

-- Shape

SELECT
    is(
        given.shape('ledger.account_image(ledger.accounts)'),
        'stable invoker, private',
        'only what hashes calls it'
    );

-- Given a book

SELECT given.book() AS shop \gset

SELECT
    isnt(
        ledger.account_image(jsonb_populate_record(account, changed.fields)),
        ledger.account_image(account),
        format('another image with %s', changed.fields)
    )
FROM ledger.accounts AS account
CROSS JOIN (
    VALUES
    ('{"id": -1}'::jsonb), ('{"public_id": "x"}'), ('{"organization_id": -1}'), ('{"name": "x"}'),
    ('{"type": "revenue"}'), ('{"currency": "EUR"}'), ('{"floor": null}'), ('{"ceiling": 0}'),
    ('{"created_at": "2020-01-01T00:00:00Z"}')
) AS changed (fields)
WHERE account.public_id = given.account('wallet');

SELECT ledger.account_image(account) AS image
FROM ledger.accounts AS account
WHERE account.public_id = given.account('wallet') \gset
SELECT
    is(
        ledger.account_image(jsonb_populate_record(account, moved.fields)),
        :'image'::bytea,
        'what its entries and holds move is not in it'
    )
FROM ledger.accounts AS account
CROSS JOIN (
    VALUES
    (
        '{
            "balance": 7, "pending_in": 7, "pending_out": 7, "version": 7, "posted_at": "2020-01-01T00:00:00Z",
            "chain_hash": "\\xab"
        }'::jsonb
    )
) AS moved (fields)
WHERE account.public_id = given.account('wallet');

ALTER TABLE ledger.currencies DISABLE TRIGGER USER;
UPDATE ledger.currencies SET exponent = exponent + 1
WHERE code = 'USD';
SELECT
    isnt(
        ledger.account_image(account), :'image'::bytea, 'where the point of its currency is'
    )
FROM ledger.accounts AS account
WHERE account.public_id = given.account('wallet');
UPDATE ledger.currencies SET exponent = exponent - 1
WHERE code = 'USD';

SET LOCAL timezone = 'Asia/Kolkata';
SET LOCAL datestyle = 'German';
SELECT is(ledger.account_image(account), :'image'::bytea, 'settings do not change it')
FROM ledger.accounts AS account
WHERE account.public_id = given.account('wallet');

SELECT * FROM finish();
ROLLBACK;
