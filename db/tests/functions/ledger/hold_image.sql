-- hold_image(): no two holds or endings have one image, whatever the settings of the session.
\ir ../../support/begin.psql

SELECT plan(26);

-- Shape

SELECT
    is(
        given.shape('ledger.hold_image(ledger.holds, ledger.hold_endings)'),
        'stable invoker, private',
        'only what hashes calls it'
    );

-- Given one hold that was settled

SELECT given.book() AS shop \gset
SELECT given.post(given.journal('fund', 'cash', 'wallet', 100)) AS posted \gset
SELECT given.hold('a', 5, '{"payment_reference": "p"}') AS held \gset
SELECT given.resolve(:'held', 'settle', 's') AS settled \gset

SELECT
    isnt(
        ledger.hold_image(jsonb_populate_record(hold, changed.fields), NULL),
        ledger.hold_image(hold, NULL),
        format('another image with %s', changed.fields)
    )
FROM ledger.holds AS hold
CROSS JOIN (
    VALUES
    ('{"id": -1}'::jsonb),
    ('{"public_id": "x"}'),
    ('{"organization_id": -1}'),
    ('{"idempotency_key": "b"}'),
    ('{"request_hash": "\\xab"}'),
    ('{"debit_account_id": -1}'),
    ('{"credit_account_id": -1}'),
    ('{"currency": "EUR"}'),
    ('{"amount": 6}'),
    ('{"reason": "other"}'),
    ('{"actor": "other"}'),
    ('{"payment_reference": null}'),
    ('{"expires_at": "2020-01-01T00:00:00Z"}'),
    ('{"created_at": "2020-01-01T00:00:00Z"}')
) AS changed (fields);

SELECT
    isnt(
        ledger.hold_image(hold, jsonb_populate_record(ending, changed.fields)),
        ledger.hold_image(hold, ending),
        format('another image, of the ending, with %s', changed.fields)
    )
FROM ledger.holds AS hold
CROSS JOIN ledger.hold_endings AS ending
CROSS JOIN (
    VALUES
    ('{"hold_id": -1}'::jsonb),
    ('{"kind": "released"}'),
    ('{"organization_id": -1}'),
    ('{"idempotency_key": "b"}'),
    ('{"request_hash": "\\xab"}'),
    ('{"actor": "other"}'),
    ('{"recorded_at": "2020-01-01T00:00:00Z"}')
) AS changed (fields);

SELECT
    isnt(
        ledger.hold_image(hold, ending),
        ledger.hold_image(hold, NULL),
        'a hold is not its ending'
    )
FROM ledger.holds AS hold
CROSS JOIN ledger.hold_endings AS ending;

-- What a text has at its end, the next cannot have at its beginning

SELECT
    isnt(
        ledger.hold_image(jsonb_populate_record(hold, '{"reason": "ab", "actor": "c"}'), NULL),
        ledger.hold_image(jsonb_populate_record(hold, '{"reason": "a", "actor": "bc"}'), NULL),
        'where a text ends is in the image'
    )
FROM ledger.holds AS hold;

SELECT ledger.hold_image(hold, ending) AS image
FROM ledger.holds AS hold
CROSS JOIN ledger.hold_endings AS ending \gset
SET LOCAL timezone = 'Asia/Kolkata';
SET LOCAL datestyle = 'German';
SET LOCAL bytea_output = 'escape';
SET LOCAL extra_float_digits = 0;
SELECT is(ledger.hold_image(hold, ending), :'image'::bytea, 'settings do not change it')
FROM ledger.holds AS hold
CROSS JOIN ledger.hold_endings AS ending;
SELECT
    is(
        given.resolve(given.hold('b', 5), 'release', 'r'), 'released',
        'given one made and ended with such settings'
    );

SELECT * FROM finish();
ROLLBACK;
