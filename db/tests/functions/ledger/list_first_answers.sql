-- list_first_answers(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(8);

-- Shape

SELECT
    is(
        given.shape('ledger.list_first_answers(text[], text[])'),
        'stable definer, pgtill_auditor pgtill_operator',
        'operators and auditors call it'
    );

-- Given two journals of the shop, and one of another organization under a key of the same name

SELECT given.book() AS shop \gset
SELECT
    given.post(
        given.journal('k1', 'cash', 'sales', 1),
        given.journal('k2', 'cash', 'sales', 2),
        given.journal('k1', 'cash', 'sales', 3, '{}', 'other')
    ) AS posted
\gset
SELECT answer.journal_id AS reversal
FROM ledger.reverse_journals(
    jsonb_build_array(
        given.journal('k4', 'cash', 'sales', 1) - 'lines' || jsonb_build_object(
            'journal_id', (
                SELECT journal.public_id FROM ledger.journals AS journal
                WHERE journal.idempotency_key = 'k2'
            )
        )
    )
) AS answer \gset

SELECT
    max(tenant.public_id) FILTER (WHERE tenant.name = 'shop') AS shop_id,
    max(tenant.public_id) FILTER (WHERE tenant.name = 'other') AS other_id
FROM identity.organizations AS tenant \gset

SELECT
    jsonb_object_agg(tenant.name || ' ' || journal.idempotency_key, journal.public_id) AS ids,
    max(journal.recorded_at) FILTER (WHERE journal.reverses IS NULL) AS moment
FROM ledger.journals AS journal
INNER JOIN identity.organizations AS tenant ON journal.organization_id = tenant.id \gset

-- Acting as an operator

SET LOCAL ROLE pgtill_operator;

SELECT
    results_eq(
        format(
            $$
            SELECT answer.answer_position, answer.journal_id COLLATE "default", answer.recorded_at
            FROM ledger.list_first_answers(%L::text[], %L::text[]) AS answer
            $$,
            ARRAY[:'shop_id', :'other_id', :'shop_id', :'shop_id', :'other_id', 'org_nobody'],
            ARRAY['k2', 'k1', 'k1', 'k3', 'k2', 'k1']
        ),
        format(
            $$
            SELECT wanted.place::bigint, ids.given ->> wanted.name, CASE WHEN wanted.name <> '' THEN %L::timestamptz END
            FROM (
                VALUES (1, 'shop k2'), (2, 'other k1'), (3, 'shop k1'), (4, ''), (5, ''), (6, '')
            ) AS wanted (place, name)
            CROSS JOIN (SELECT %L::jsonb) AS ids (given)
            $$,
            :'moment', :'ids'
        ),
        'each key its own organization''s journal, in the order asked; NULL where there is none'
    );

SELECT
    is_empty(
        $$ SELECT answer.* FROM ledger.list_first_answers('{}', '{}') AS answer $$,
        'nothing asked, nothing answered'
    );

SELECT
    is(
        (
            SELECT answer.reverses
            FROM ledger.list_first_answers(ARRAY[:'shop_id'], ARRAY['k4']) AS answer
            WHERE answer.journal_id = :'reversal'
        ),
        :'ids'::jsonb ->> 'shop k2',
        'a reversal says what it takes back'
    );
SELECT
    is_empty(
        format(
            'SELECT answer.* FROM ledger.list_first_answers(%L::text[], %L::text[]) AS answer'
            ' WHERE answer.reverses IS NOT NULL',
            ARRAY[:'shop_id', :'shop_id'], ARRAY['k1', 'k2']
        ),
        'neither takes another back'
    );

-- Where the constraint is gone: both rows of a key that stands twice

RESET ROLE;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE ledger.journals DROP CONSTRAINT journals_idempotency_key_unique CASCADE;
ALTER TABLE ledger.journals DISABLE TRIGGER USER;
UPDATE ledger.journals SET idempotency_key = 'k1'
WHERE reverses IS NULL;

SET LOCAL ROLE pgtill_auditor;

SELECT
    results_eq(
        format(
            'SELECT answer.answer_position'
            ' FROM ledger.list_first_answers(%L::text[], %L::text[]) AS answer',
            ARRAY[:'shop_id', :'other_id'], ARRAY['k1', 'k1']
        ),
        'VALUES (1::bigint), (1), (2)',
        'a key that stands twice gives two rows'
    );

-- Refusals

SELECT
    throws_ok(
        $$ SELECT journal.idempotency_key FROM ledger.journals AS journal $$,
        '42501',
        'permission denied for table journals',
        'an auditor has no other way to the keys'
    );

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        $$ SELECT ledger.list_first_answers('{}', '{}') $$,
        '42501',
        'permission denied for function list_first_answers',
        'the service never lists journals of all organizations'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
