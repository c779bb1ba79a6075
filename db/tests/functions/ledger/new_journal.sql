-- new_journal(): the row of a journal as it was asked for, with ids of its own.
\ir ../../support/begin.psql

SELECT plan(11);

-- Shape

SELECT
    is(
        given.shape('ledger.new_journal(jsonb, integer, timestamptz)'),
        'volatile invoker, private',
        'nobody but insert_journals() calls it'
    );

-- Given a book

SELECT given.book() AS shop \gset

-- Acting as the owner

SET LOCAL ROLE pgtill_owner;

SELECT
    results_eq(
        $$
        SELECT
            made.organization_id, made.idempotency_key COLLATE "default",
            encode(made.request_hash, 'hex'), made.reason, made.actor, made.event_at,
            made.recorded_at, made.payment_reference COLLATE "default", made.reverses, made.line_count
        FROM ledger.new_journal(
            given.journal(
                'k', 'cash', 'sales', 1,
                '{"event_at": "2026-01-01T01:00:00+01:00", "payment_reference": "pay_1", "reverses": 7}'
            ),
            5,
            '2026-01-02T00:00:00.000001Z'
        ) AS made
        $$,
        format(
            $$
            VALUES (
                %s::bigint, 'k', given.digest('cash sales 1'), 'a test', 'tester',
                '2026-01-01T00:00:00Z'::timestamptz, '2026-01-02T00:00:00.000001Z'::timestamptz,
                'pay_1', 7::bigint, 5::smallint
            )
            $$,
            :shop
        ),
        'everything that was asked for'
    );
SELECT
    results_eq(
        $$
        SELECT
            made.event_at, made.payment_reference COLLATE "default", made.reverses
        FROM ledger.new_journal(
            given.journal('k', 'cash', 'sales', 1), 2, '2026-01-02T00:00:00Z'
        ) AS made
        $$,
        $$ VALUES ('2026-01-02T00:00:00Z'::timestamptz, NULL::text, NULL::bigint) $$,
        'what nobody said: it happened when it is recorded, and belongs to nothing'
    );
SELECT
    is(
        to_jsonb(ledger.new_journal('{}', NULL, '2026-01-02T00:00:00Z'))
        - '{id,public_id,event_at,recorded_at}'::text[],
        '{
            "organization_id": null, "idempotency_key": null, "request_hash": null, "reason": null,
            "actor": null, "payment_reference": null, "reverses": null, "line_count": null
        }',
        'what is missing stays so: it is the table that refuses it'
    );
SELECT
    throws_ok(
        $$
        SELECT ledger.new_journal('{"request_hash": "no digits"}', 2, '2026-01-02T00:00:00Z')
        $$,
        '22023', 'invalid hexadecimal digit: "n"', 'a hash that is not hexadecimal'
    );

-- Ids

SELECT
    ok(
        made.public_id ~ '^jrn_[0-9a-f]{24}$',
        'the id outside is jrn_ and 24 lower hex digits'
    )
FROM ledger.new_journal('{}', 2, now()) AS made;
SELECT
    is(
        substr(made.public_id, 5, 12),
        '019b7eb42dfb',
        '… of which the first half are milliseconds since 1970'
    )
FROM ledger.new_journal('{}', 2, '2026-01-02T12:34:56.123Z') AS made;
SELECT
    ok(
        (ledger.new_journal('{}', 2, '1970-01-01T00:00:00Z')).public_id
        < (ledger.new_journal('{}', 2, '1970-01-01T00:00:00.001Z')).public_id,
        '… so that they are in order of time'
    );
SELECT
    results_eq(
        $$
        SELECT count(DISTINCT made.id), count(DISTINCT made.public_id)
        FROM generate_series(1, 100) AS nth
        CROSS JOIN LATERAL ledger.new_journal(jsonb_build_object('nth', nth), 2, now()) AS made
        $$,
        'VALUES (100::bigint, 100::bigint)',
        'of one moment or not, no two are the same'
    );
SELECT is(count(*), 0::bigint, 'it is not posted by this')
FROM ledger.journals;

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        'SELECT ledger.new_journal(''{}'', 2, now())',
        '42501', 'permission denied for function new_journal', 'the service may not call it'
    );

SELECT * FROM finish();
ROLLBACK;
