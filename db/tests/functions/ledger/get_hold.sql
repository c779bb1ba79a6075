-- get_hold(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(9);

-- Shape

SELECT
    is(
        given.shape('ledger.get_hold(bigint, text)'),
        'stable definer, pgtill_auditor pgtill_operator pgtill_service',
        'service, operators and auditors read'
    );

-- Given a wallet of 100

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
    given.resolve(:'hold_released', 'release', 'r') AS released
\gset outcome_
SELECT ledger.expire_holds(10 + 0 * length(pg_sleep(0.5)::text)) AS expired \gset

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        format(
            $$
            SELECT
                found.hold_id COLLATE "default", found.status, found.debit_account COLLATE "default",
                found.credit_account COLLATE "default", found.currency COLLATE "default", found.amount,
                found.settled_amount, found.journal_id, found.reason, found.actor,
                found.payment_reference COLLATE "default", found.expires_at,
                found.created_at BETWEEN now() AND clock_timestamp(), found.resolved_at
            FROM ledger.get_hold(%s, %L) AS found
            $$,
            :shop, :'hold_kept'
        ),
        format(
            $$
            VALUES (
                %L, 'held', given.account('wallet') COLLATE "default", given.account('cash') COLLATE "default",
                'USD', 10::numeric, NULL::numeric, NULL::text, 'why', 'who', 'pay_1', now() + interval '1 hour',
                TRUE, NULL::timestamptz
            )
            $$,
            :'hold_kept'
        ),
        'what is held, between whom, why and until when'
    );
SELECT
    is(
        (
            SELECT
                concat_ws(
                    ' ',
                    found.status,
                    found.settled_amount,
                    found.journal_id ~ '^jrn_',
                    found.resolved_at > found.created_at
                )
            FROM ledger.get_hold(:shop, ended.hold) AS found
        ),
        ended.facts,
        ended.facts
    )
FROM (
    VALUES
    (:'hold_settled', 'settled 15 t t'),
    (:'hold_released', 'released t'),
    (:'hold_expired', 'expired t')
) AS ended (hold, facts);
SELECT
    is_empty(
        format('SELECT found.* FROM ledger.get_hold(%L, %L) AS found', missing.shop, missing.hold),
        missing.label
    )
FROM (
    VALUES
    (:shop + 1, :'hold_kept', 'another organization''s hold: no row'),
    (NULL, :'hold_kept', 'no organization: no row'),
    (:shop, 'hold_nowhere', 'no such hold: no row'),
    (:shop, NULL, 'no hold: no row')
) AS missing (shop, hold, label);

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
