-- entry_image(): no two entries have one image, whatever the settings of the session.
\ir ../../support/begin.psql

SELECT plan(12);

-- Shape

SELECT
    is(
        given.shape('ledger.entry_image(ledger.entries, bytea)'),
        'stable invoker, private',
        'only what hashes calls it'
    );

-- Given one posted journal

SELECT given.book() AS shop \gset
SELECT given.post(given.journal('a', 'cash', 'sales', 5, '{"payment_reference": "p"}')) AS posted
\gset

SELECT
    isnt(
        ledger.entry_image(jsonb_populate_record(entry, changed.fields), '\x00'),
        ledger.entry_image(entry, '\x00'),
        format('another image with %s', changed.fields)
    )
FROM ledger.entries AS entry
CROSS JOIN (
    VALUES
    ('{"journal_id": -1}'::jsonb), ('{"line": 9}'), ('{"account_id": -1}'), ('{"side": "CREDIT"}'),
    ('{"amount": 6}'), ('{"version": 9}'), ('{"balance_after": 6}')
) AS changed (fields)
WHERE entry.line = 1;
SELECT
    isnt(
        ledger.entry_image(entry, image.before), ledger.entry_image(entry, image.after), image.label
    )
FROM ledger.entries AS entry
CROSS JOIN (
    VALUES
    ('\x00'::bytea, '\x01'::bytea, 'the journal is in the image'),
    ('\x', NULL, 'no journal is not an empty one')
) AS image (before, after, label)
WHERE entry.line = 1;
SELECT
    is(
        ledger.entry_image(jsonb_populate_record(entry, '{"chain_hash": null}'), NULL),
        ledger.entry_image(entry, NULL),
        'the hash itself is not'
    )
FROM ledger.entries AS entry
WHERE entry.line = 1;

SELECT ledger.entry_image(entry, NULL) AS image FROM ledger.entries AS entry
WHERE entry.line = 1 \gset
SET LOCAL timezone = 'Asia/Kolkata';
SET LOCAL lc_monetary = 'C';
SET LOCAL bytea_output = 'escape';
SELECT is(ledger.entry_image(entry, NULL), :'image'::bytea, 'settings do not change it')
FROM ledger.entries AS entry
WHERE entry.line = 1;

SELECT * FROM finish();
ROLLBACK;
