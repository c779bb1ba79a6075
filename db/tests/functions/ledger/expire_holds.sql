-- expire_holds(): what it costs is of the open holds, not of the ended ones.
\ir ../../support/begin.psql

SELECT plan(9);

SELECT
    is(
        given.shape('ledger.expire_holds(integer)'),
        'volatile definer, pgtill_operator pgtill_service',
        'service and operators let expire'
    );

-- Given holds that ended, by hand, and one that is over

SELECT given.book() AS shop \gset

CREATE FUNCTION given.holds(
    first integer, last integer, is_ended boolean, over_for interval DEFAULT '1 minute'
)
RETURNS void
LANGUAGE plpgsql
AS $function$
BEGIN
    INSERT INTO ledger.holds (
        id, organization_id, idempotency_key, request_hash, debit_account_id, credit_account_id,
        currency, amount, reason, actor, expires_at, created_at
    )
    OVERRIDING SYSTEM VALUE
    SELECT
        1000000 + nth, debit.organization_id, 'k' || nth, sha256(''), debit.id, credit.id, 'USD', 1, 'r',
        'a', now() - holds.over_for, now() - interval '1 hour'
    FROM generate_series(holds.first, holds.last) AS nth
    INNER JOIN ledger.accounts AS debit ON debit.public_id = given.account('cash')
    INNER JOIN ledger.accounts AS credit ON credit.public_id = given.account('sales');
    IF holds.is_ended THEN
        INSERT INTO ledger.hold_endings (hold_id, kind, organization_id, actor)
        SELECT hold.id, 'expired', hold.organization_id, 'expire_holds'
        FROM ledger.holds AS hold
        WHERE hold.id BETWEEN 1000000 + holds.first AND 1000000 + holds.last;
    END IF;
END
$function$;

SELECT given.holds(1, 1, FALSE) AS held \gset
SELECT is(ledger.expire_holds(100), 1::bigint, 'what is over ends');
SELECT given.milliseconds('SELECT ledger.expire_holds(100)') AS before \gset

SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE ledger.holds DISABLE TRIGGER holds_move_pending;
ALTER TABLE ledger.hold_endings DISABLE TRIGGER hold_endings_move_pending;
SELECT given.holds(2, 100000, TRUE) AS held \gset
ALTER TABLE ledger.holds ENABLE ALWAYS TRIGGER holds_move_pending;
ALTER TABLE ledger.hold_endings ENABLE ALWAYS TRIGGER hold_endings_move_pending;
SELECT given.milliseconds('SELECT ledger.expire_holds(100)') AS after \gset

SELECT given.holds(100001, 100001, FALSE) AS held \gset
SELECT
    is(
        (SELECT count(*) FROM ledger.open_holds), 1::bigint, 'one is open, among 100,000 that ended'
    );
SELECT
    cmp_ok(
        :after, '<', greatest(5 * :before, 5),
        format('100,000 ended holds are not looked at: %s ms before, %s after', :before, :after)
    );
SELECT is(ledger.expire_holds(100), 1::bigint, 'the one is found');
SELECT is((SELECT count(*) FROM ledger.open_holds), 0::bigint, '… and closed');

-- Of several as many as are asked for, those that have been over for longest

SELECT
    given.holds(100002, 100002, FALSE) AS held,
    given.holds(100003, 100003, FALSE, '2 minutes') AS held_before
\gset
SELECT is(ledger.expire_holds(1), 1::bigint, 'no more end than are asked for');
SELECT
    results_eq(
        'SELECT open.hold_id FROM ledger.open_holds AS open',
        'VALUES (1100002::bigint)',
        '… and first what has been over for longest'
    );
SELECT ledger.expire_holds(1) AS expired \gset
SELECT
    is_empty(
        'SELECT anomaly.* FROM ledger.anomalies AS anomaly', 'nothing is pending, nothing open'
    );

SELECT * FROM finish();
ROLLBACK;
