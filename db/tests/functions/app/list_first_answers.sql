-- list_first_answers(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(7);

-- Shape

SELECT
    is(
        given.shape('app.list_first_answers(text[], text[])'),
        'stable definer, pgtill_auditor pgtill_operator',
        'operators and auditors call it'
    );

-- Given two payment requests of a shop, and one of another organization with a key of the same name

SELECT given.shop() AS shop \gset

SELECT
    max(tenant.public_id) FILTER (WHERE tenant.name = 'shop') AS shop_id,
    max(tenant.public_id) FILTER (WHERE tenant.name = 'other') AS other_id
FROM identity.organizations AS tenant \gset

SET LOCAL ROLE pgtill_service;

SELECT jsonb_agg(answer.payment_request ORDER BY answer.order_position) AS answers
FROM app.allocate_and_insert(
    jsonb_build_array(
        given.order('k1'), given.order('k2', 'ETH'), given.order('k1', organization => 'other')
    ),
    given.window('wa_btc_regtest_001', 0, 5) || given.window('wa_eth_sepolia_001', 0, 5)
) AS answer \gset

-- Acting as an operator

SET LOCAL ROLE pgtill_operator;

SELECT
    results_eq(
        format(
            'SELECT answer.* FROM app.list_first_answers(%L::text[], %L::text[]) AS answer',
            ARRAY[:'shop_id', :'other_id', :'shop_id', :'shop_id', :'other_id', 'org_nobody'],
            ARRAY['k2', 'k1', 'k1', 'k3', 'k2', 'k1']
        ),
        format(
            $$
            SELECT wanted.place::bigint, answers.given -> wanted.nth
            FROM (VALUES (1, 1), (2, 2), (3, 0), (4, NULL), (5, NULL), (6, NULL)) AS wanted (place, nth)
            CROSS JOIN (SELECT %L::jsonb) AS answers (given)
            $$,
            :'answers'
        ),
        'each key its own organization''s answer, in the order asked; NULL where there is none'
    );

SELECT
    is_empty(
        $$ SELECT answer.* FROM app.list_first_answers('{}', '{}') AS answer $$,
        'nothing asked, nothing answered'
    );

-- The first answer stays what it was

RESET ROLE;
UPDATE app.payment_requests SET status = 'confirmed';

SET LOCAL ROLE pgtill_auditor;

SELECT
    results_eq(
        format(
            'SELECT answer.payment_request'
            ' FROM app.list_first_answers(%L::text[], %L::text[]) AS answer',
            ARRAY[:'shop_id'], ARRAY['k1']
        ),
        format('SELECT %L::jsonb -> 0', :'answers'),
        'an auditor asks too, and hears what was said then'
    );

-- Where the constraint is gone: both rows of a key that stands twice

RESET ROLE;
ALTER TABLE app.idempotency_records DROP CONSTRAINT idempotency_records_pk;
ALTER TABLE app.idempotency_records DROP CONSTRAINT idempotency_records_resource_unique;
INSERT INTO app.idempotency_records SELECT record.* FROM app.idempotency_records AS record;

SET LOCAL ROLE pgtill_operator;

SELECT
    results_eq(
        format(
            'SELECT answer.answer_position'
            ' FROM app.list_first_answers(%L::text[], %L::text[]) AS answer',
            ARRAY[:'shop_id', :'other_id'], ARRAY['k1', 'k1']
        ),
        'VALUES (1::bigint), (1), (2), (2)',
        'a key that stands twice gives two rows'
    );

-- Refusals

SELECT
    throws_ok(
        $$ SELECT record.idempotency_key FROM app.idempotency_records AS record $$,
        '42501',
        'permission denied for table idempotency_records',
        'an operator has no other way to the keys'
    );

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        $$ SELECT app.list_first_answers('{}', '{}') $$,
        '42501',
        'permission denied for function list_first_answers',
        'the service never lists answers of all organizations'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
