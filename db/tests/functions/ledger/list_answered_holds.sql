-- list_answered_holds(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(10);

-- Shape

SELECT
    is(
        given.shape('ledger.list_answered_holds(text[], text[], boolean)'),
        'stable definer, pgtill_auditor pgtill_operator',
        'operators and auditors call it'
    );

-- Given four holds of the shop, two of which were ended by keys and one by time

SELECT given.book() AS shop \gset
SELECT given.post(given.journal('fund', 'cash', 'wallet', 100)) AS posted \gset
SELECT
    given.hold('kept', 10, '{"payment_reference": "pay_1", "reason": "why", "actor": "who"}')
        AS kept,
    given.hold('settled', 20) AS settled,
    given.hold('released', 30) AS released,
    given.hold(
        'expired', 40, jsonb_build_object('expires_at', clock_timestamp() + interval '400 ms')
    )
        AS expired
\gset hold_
SELECT
    given.resolve(:'hold_settled', 'settle', 's', '{"amount": "15"}') AS settled,
    given.resolve(:'hold_released', 'release', 'kept') AS released
\gset outcome_
SELECT ledger.expire_holds(10 + 0 * length(pg_sleep(0.5)::text)) AS expired \gset

-- And a journal of another organization, with the key of the one that settled

SELECT given.post(given.journal(ending.journal_key, 'cash', 'sales', 5, '{}', 'other')) AS others
FROM ledger.hold_endings AS ending
WHERE ending.kind = 'settled' \gset
SELECT
    max(tenant.public_id) FILTER (WHERE tenant.name = 'shop') AS shop_id,
    max(tenant.public_id) FILTER (WHERE tenant.name = 'other') AS other_id
FROM identity.organizations AS tenant \gset

-- Acting as an operator

SET LOCAL ROLE pgtill_operator;

SELECT
    results_eq(
        format(
            $$
            SELECT answer.answer_position, answer.hold_id COLLATE "default", answer.status
            FROM ledger.list_answered_holds(%L::text[], %L::text[], FALSE) AS answer
            $$,
            ARRAY[
                :'shop_id', :'shop_id', :'other_id', :'shop_id', :'shop_id', :'shop_id', 'org_no'
            ],
            ARRAY['released', 'kept', 'kept', 's', 'expired', 'settled', 'kept']
        ),
        format(
            'VALUES (1::bigint, %L, %L), (2, %L, %L), (5, %L, %L), (6, %L, %L)',
            :'hold_released', 'released', :'hold_kept', 'held', :'hold_expired', 'expired',
            :'hold_settled', 'settled'
        ),
        'each key that made a hold, in the order asked, and nobody else''s'
    );
SELECT
    results_eq(
        format(
            $$
            SELECT answer.answer_position, answer.hold_id COLLATE "default", answer.status
            FROM ledger.list_answered_holds(%L::text[], %L::text[], TRUE) AS answer
            $$,
            ARRAY[:'shop_id', :'other_id', :'shop_id', :'shop_id', 'org_nobody'],
            ARRAY['kept', 's', 'released', 's', 's']
        ),
        format(
            'VALUES (1::bigint, %L, %L), (4, %L, %L)',
            :'hold_released', 'released', :'hold_settled', 'settled'
        ),
        'each key that ended a hold: made by a key of the same name it is another'
    );
SELECT
    results_eq(
        format(
            $$
            SELECT to_jsonb(answer) - 'answer_position'
            FROM ledger.list_answered_holds(ARRAY[%L], ARRAY[%L], FALSE) AS answer
            $$,
            :'shop_id', asked.key
        ),
        format('SELECT to_jsonb(hold) FROM ledger.get_hold(%L, %L) AS hold', :shop, asked.hold),
        asked.key || ': all that is known of the hold'
    )
FROM (
    VALUES ('kept', :'hold_kept'), ('settled', :'hold_settled'), ('released', :'hold_released')
) AS asked (key, hold);

SELECT
    is_empty(
        $$ SELECT answer.* FROM ledger.list_answered_holds('{}', '{}', FALSE) AS answer $$,
        'nothing asked, nothing answered'
    );

-- Where the constraint is gone: both rows of a key that stands twice

RESET ROLE;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE ledger.holds DROP CONSTRAINT holds_idempotency_key_unique CASCADE;
ALTER TABLE ledger.holds DISABLE TRIGGER USER;
UPDATE ledger.holds SET idempotency_key = 'kept';

SET LOCAL ROLE pgtill_auditor;

SELECT
    results_eq(
        format(
            'SELECT answer.answer_position'
            ' FROM ledger.list_answered_holds(ARRAY[%L], ARRAY[%L], FALSE) AS answer',
            :'shop_id', 'kept'
        ),
        'VALUES (1::bigint), (1), (1), (1)',
        'a key that stands four times gives four rows'
    );

-- Refusals

SELECT
    throws_ok(
        $$ SELECT hold.id FROM ledger.holds AS hold $$,
        '42501',
        'permission denied for table holds',
        'an auditor has no other way to the keys'
    );

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        $$ SELECT ledger.list_answered_holds('{}', '{}', TRUE) $$,
        '42501',
        'permission denied for function list_answered_holds',
        'the service never lists holds of all organizations'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
