-- move_pending(): a hold counts in both accounts until it ends, whoever writes it.
\ir ../../support/begin.psql

SELECT plan(9);

-- Shape

SELECT
    is(
        given.shape('ledger.move_pending()'),
        'volatile invoker, private',
        'a trigger'
    );

SELECT
    results_eq(
        $$
        SELECT hook.tgrelid::regclass::text, hook.tgenabled::text
        FROM pg_trigger AS hook
        WHERE hook.tgfoid = 'ledger.move_pending'::regproc
        ORDER BY 1
        $$,
        $$ VALUES ('ledger.hold_endings', 'A'), ('ledger.holds', 'A') $$,
        'of holds and of their endings, always'
    );

-- Given a wallet of 100

SELECT given.book() AS shop \gset
SELECT given.post(given.journal('fund', 'cash', 'wallet', 100)) AS posted \gset

CREATE FUNCTION pg_temp.pending(VARIADIC names text[])
RETURNS text
LANGUAGE sql
BEGIN ATOMIC
    SELECT
        string_agg(
            format('%s -%s +%s', account.name, account.pending_out, account.pending_in),
            ', ' ORDER BY named.nth
        )
    FROM unnest(pending.names) WITH ORDINALITY AS named (name, nth)
    INNER JOIN ledger.accounts AS account ON account.public_id = given.account(named.name);
END;

SELECT given.hold('debits', 60) AS hold_debits \gset
SELECT
    is(
        pg_temp.pending('wallet', 'cash'),
        'wallet -60 +0, cash -60 +0',
        'debit a liability, credit an asset: both fall'
    );
SELECT
    given.hold(
        'credits', 7,
        jsonb_build_object(
            'debit_account', given.account('cash'), 'credit_account', given.account('wallet')
        )
    ) AS hold_credits
\gset
SELECT
    is(
        pg_temp.pending('wallet', 'cash'),
        'wallet -60 +7, cash -60 +7',
        'the other way round: both rise'
    );
SELECT is(given.resolve(:'hold_debits', 'release', 'r'), 'released', 'given that one ends');
SELECT
    is(
        pg_temp.pending('wallet', 'cash'),
        'wallet -0 +7, cash -0 +7',
        'its amount is taken back, the other stays'
    );

-- By hand, past post_holds()

SELECT
    throws_ok(
        $$
        INSERT INTO ledger.holds (
            organization_id, idempotency_key, request_hash, debit_account_id, credit_account_id, currency,
            amount, reason, actor, expires_at
        )
        SELECT
            hold.organization_id, 'by_hand', hold.request_hash, hold.debit_account_id, hold.credit_account_id,
            hold.currency, 101, 'r', 'a', hold.expires_at
        FROM ledger.holds AS hold
        WHERE hold.idempotency_key = 'debits'
        $$,
        '23514', 'new row for relation "accounts" violates check constraint "accounts_floor_kept"',
        'more than there is'
    );
SELECT
    is(
        pg_temp.pending('wallet', 'cash'), 'wallet -0 +7, cash -0 +7', '… which is not pending then'
    );
SELECT
    is_empty(
        'SELECT anomaly.* FROM ledger.anomalies AS anomaly',
        'what is pending is the sum of open holds'
    );

SELECT * FROM finish();
ROLLBACK;
