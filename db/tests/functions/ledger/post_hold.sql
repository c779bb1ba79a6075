-- post_hold(): one amount in accounts that are locked. What the outcomes mean is walked in
-- post_holds.sql.
\ir ../../support/begin.psql

SELECT plan(32);

-- Shape

SELECT
    is(
        given.shape('ledger.post_hold(jsonb)'),
        'volatile invoker, private',
        'nobody but post_holds() calls it'
    );

-- Given a wallet of 100 of which 30 are held, and accounts that are nearly full and empty

SELECT given.book() AS shop \gset
SELECT given.post(given.journal('fund', 'cash', 'wallet', 100)) AS posted \gset
SELECT given.hold('held', 30) AS held \gset
SELECT
    given.open('capped', 'asset', '{"ceiling": "10"}') AS opened,
    given.open('empty', 'asset', '{"floor": "0"}') AS opened_too
\gset

-- A hold on the wallet, for cash; `fields` adds fields or replaces them.
CREATE FUNCTION pg_temp.hold(key text, amount numeric, fields jsonb DEFAULT '{}')
RETURNS jsonb
LANGUAGE sql
RETURN given.journal(hold.key, 'wallet', 'cash', hold.amount) - 'lines'
|| jsonb_build_object(
    'debit_account', given.account('wallet'), 'credit_account', given.account('cash'),
    'amount', hold.amount::text, 'expires_at', now() + interval '1 hour'
)
|| hold.fields;

-- The outcome, the key of the hold that is named by id and moment, and the details.
CREATE FUNCTION pg_temp.said(asked jsonb)
RETURNS text
LANGUAGE plpgsql
AS $function$
DECLARE
    _answer record;
BEGIN
    SELECT answer.* INTO STRICT _answer FROM ledger.post_hold(said.asked) AS answer;
    RETURN concat_ws(
        ' ',
        _answer.outcome,
        (
            SELECT held.idempotency_key FROM ledger.holds AS held
            WHERE held.public_id = _answer.hold_id AND held.created_at = _answer.recorded_at
        ),
        _answer.details
    );
END
$function$;

-- Acting as the owner

SET LOCAL ROLE pgtill_owner;

SELECT is(pg_temp.said(hold.asked), hold.said, hold.label)
FROM (
    VALUES
    (pg_temp.hold('a', 20), 'held a', 'what is there is held'),
    (pg_temp.hold('a', 20), 'replayed a', 'the same key and request'),
    (
        pg_temp.hold('a', 20, '{"debit_account": "acc_nowhere"}'),
        'replayed a', '… which is not looked at again'
    ),
    (pg_temp.hold('a', 21), 'idempotency_key_conflict', 'the same key for another request'),
    (
        pg_temp.hold('b', 20, '{"debit_account": "acc_nowhere", "credit_account": "acc_nor_here"}'),
        'unknown_account {"account": "acc_nowhere"}', 'no such accounts: the one to debit is told'
    ),
    (
        pg_temp.hold('b', 20, '{"credit_account": "acc_nor_here"}'),
        'unknown_account {"account": "acc_nor_here"}', 'no such account to credit'
    ),
    (
        pg_temp.hold('b', 20, jsonb_build_object('credit_account', given.account('cash EUR'))),
        'currency_mismatch {"currency": "USD"}', 'accounts of two currencies'
    ),
    (
        pg_temp.hold('b', 20, '{"currency": "EUR"}'),
        'currency_mismatch {"currency": "USD"}', 'a currency that is not theirs'
    ),
    (pg_temp.hold('b', 20, '{"currency": "USD"}'), 'held b', '… and one that is'),
    (
        pg_temp.hold('c', 31), format('limit_exceeded {"account": "%s"}', given.account('wallet')),
        'more than is left: what is held is not there'
    ),
    (
        pg_temp.hold(
            'c', 1,
            jsonb_build_object(
                'debit_account', given.account('rent'), 'credit_account', given.account('empty')
            )
        ),
        format('limit_exceeded {"account": "%s"}', given.account('empty')),
        'more than the account to credit has'
    ),
    (
        pg_temp.hold('c', 30, jsonb_build_object('credit_account', given.account('empty'))),
        format('limit_exceeded {"account": "%s"}', given.account('empty')),
        '… which is told, where the one to debit has just enough'
    ),
    (
        pg_temp.hold(
            'c', 10,
            jsonb_build_object(
                'debit_account', given.account('capped'), 'credit_account', given.account('empty')
            )
        ),
        format('limit_exceeded {"account": "%s"}', given.account('empty')),
        '… or just the room'
    ),
    (pg_temp.hold('c', 30), 'held c', 'what is left; its key was free'),
    (
        pg_temp.hold(
            'd', 11,
            jsonb_build_object(
                'debit_account', given.account('capped'), 'credit_account', given.account('sales')
            )
        ),
        format('limit_exceeded {"account": "%s"}', given.account('capped')),
        'more than there is room for'
    ),
    (
        pg_temp.hold('d', 1e78),
        format('limit_exceeded {"account": "%s"}', given.account('wallet')),
        'an amount of 79 digits'
    ),
    (
        pg_temp.hold(
            'd', 1e78 - 1,
            jsonb_build_object(
                'debit_account', given.account('rent'), 'credit_account', given.account('sales')
            )
        ),
        'held d', 'an amount of 78 digits'
    ),
    (
        pg_temp.hold(
            'e', 1,
            jsonb_build_object(
                'debit_account', given.account('rent'), 'credit_account', given.account('sales')
            )
        ),
        format('limit_exceeded {"account": "%s"}', given.account('rent')),
        '… beside which there is no room for one'
    ),
    (
        pg_temp.hold(
            'e', 1e78 - 1,
            jsonb_build_object(
                'debit_account', given.account('sales EUR'),
                'credit_account', given.account('cash EUR')
            )
        ),
        'held e', 'the same, out of an account'
    ),
    (
        pg_temp.hold(
            'f', 1,
            jsonb_build_object(
                'debit_account', given.account('sales EUR'),
                'credit_account', given.account('cash EUR')
            )
        ),
        format('limit_exceeded {"account": "%s"}', given.account('sales EUR')),
        '… beside which not one more goes out'
    )
) AS hold (asked, said, label);

SELECT
    is(
        (
            SELECT
                format(
                    '%s, out %s, in %s', account.balance, account.pending_out, account.pending_in
                )
            FROM ledger.accounts AS account
            WHERE account.public_id = given.account('wallet')
        ),
        '100, out 100, in 0',
        'what is held is pending, and what was refused is not'
    );

-- What it does not answer, it raises

SELECT
    throws_ok(
        format(
            'SELECT answer.* FROM ledger.post_hold(%L) AS answer', pg_temp.hold('f', 1, bad.fields)
        ),
        bad.code, bad.message, bad.label
    )
FROM (
    VALUES
    ('{"amount": "0"}'::jsonb, 'TL307', 'amount is not a whole number above zero', 'nothing'),
    ('{"amount": "1.5"}', 'TL307', 'amount is not a whole number above zero', 'a fraction'),
    ('{"amount": "NaN"}', 'TL307', 'amount is not a whole number above zero', 'not a number'),
    ('{"amount": null}', 'TL307', 'amount is not a whole number above zero', 'no amount'),
    (
        jsonb_build_object('credit_account', given.account('wallet')), '23514',
        'new row for relation "holds" violates check constraint "holds_accounts_differ"',
        'an account for itself: no limit of an account, but a rule of holds'
    ),
    (
        '{"expires_at": "2020-01-01T00:00:00Z"}', '23514',
        'new row for relation "holds" violates check constraint "holds_expires_later"',
        'a time that is over'
    ),
    (
        '{"expires_at": null}', '23502',
        'null value in column "expires_at" of relation "holds" violates not-null constraint',
        'no time'
    )
) AS bad (fields, code, message, label);

RESET ROLE;

-- Another session takes the key, of other accounts, while this one inserts

CREATE FUNCTION pg_temp.be_first()
RETURNS trigger
LANGUAGE plpgsql
AS $function$
BEGIN
    INSERT INTO ledger.holds (
        organization_id, idempotency_key, request_hash, debit_account_id, credit_account_id, currency,
        amount, reason, actor, expires_at
    )
    VALUES (
        new.organization_id, new.idempotency_key, new.request_hash, new.debit_account_id,
        new.credit_account_id, new.currency, 1, 'r', 'a', new.expires_at
    );
    RETURN new;
END
$function$;
CREATE TRIGGER meanwhile
BEFORE INSERT ON ledger.holds
FOR EACH ROW
WHEN (pg_trigger_depth() = 0)
EXECUTE FUNCTION pg_temp.be_first();

SET LOCAL ROLE pgtill_owner;

SELECT
    throws_ok(
        format(
            'SELECT answer.* FROM ledger.post_hold(%L) AS answer',
            pg_temp.hold(
                'g', 1,
                jsonb_build_object(
                    'debit_account', given.account('cash EUR'),
                    'credit_account', given.account('sales EUR')
                )
            )
        ),
        '40001', 'an idempotency key was used meanwhile', 'another was first with the key'
    );

RESET ROLE;
DROP TRIGGER meanwhile ON ledger.holds;

SELECT is_empty('SELECT anomaly.* FROM ledger.anomalies AS anomaly', 'the books balance');

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        'SELECT answer.* FROM ledger.post_hold(''{}'') AS answer',
        '42501', 'permission denied for function post_hold', 'the service may not call it'
    );

SELECT * FROM finish();
ROLLBACK;
