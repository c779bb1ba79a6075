-- journal_image(): no two journals have one image, whatever the settings of the session.
\ir ../../support/begin.psql

SELECT plan(15);

-- Shape

SELECT
    is(
        given.shape('ledger.journal_image(ledger.journals)'),
        'stable invoker, private',
        'only what hashes calls it'
    );

-- Given one posted journal

SELECT given.book() AS shop \gset
SELECT given.post(given.journal('a', 'cash', 'sales', 5, '{"payment_reference": "p"}')) AS posted
\gset

SELECT
    isnt(
        ledger.journal_image(jsonb_populate_record(journal, changed.fields)),
        ledger.journal_image(journal),
        format('another image with %s', changed.fields)
    )
FROM ledger.journals AS journal
CROSS JOIN (
    VALUES
    ('{"id": -1}'::jsonb),
    ('{"public_id": "x"}'),
    ('{"organization_id": -1}'),
    ('{"idempotency_key": "b"}'),
    ('{"request_hash": "\\xab"}'), ('{"reason": "other"}'), ('{"actor": "other"}'),
    ('{"event_at": "2020-01-01T00:00:00Z"}'), ('{"recorded_at": "2020-01-01T00:00:00Z"}'),
    ('{"payment_reference": null}'), ('{"reverses": 1}'), ('{"line_count": 3}')
) AS changed (fields);

-- What a text has at its end, the next cannot have at its beginning

SELECT
    isnt(
        ledger.journal_image(jsonb_populate_record(journal, '{"reason": "ab", "actor": "c"}')),
        ledger.journal_image(jsonb_populate_record(journal, '{"reason": "a", "actor": "bc"}')),
        'where a text ends is in the image'
    )
FROM ledger.journals AS journal;

SELECT ledger.journal_image(journal) AS image FROM ledger.journals AS journal \gset
SET LOCAL timezone = 'Asia/Kolkata';
SET LOCAL datestyle = 'German';
SET LOCAL intervalstyle = 'sql_standard';
SET LOCAL extra_float_digits = 0;
SELECT is(ledger.journal_image(journal), :'image'::bytea, 'settings do not change it')
FROM ledger.journals AS journal;

SELECT * FROM finish();
ROLLBACK;
