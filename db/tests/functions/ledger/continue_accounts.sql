-- continue_accounts(): new entries continue the history of their accounts, whoever writes them.
\ir ../../support/begin.psql

SELECT plan(13);

-- Shape

SELECT
    is(
        given.shape('ledger.continue_accounts()'),
        'volatile invoker, private',
        'a trigger'
    );

SELECT
    is(
        (
            SELECT hook.tgenabled::text FROM pg_trigger AS hook
            WHERE
                hook.tgrelid = 'ledger.entries'::regclass
                AND hook.tgfoid = 'ledger.continue_accounts'::regproc
        ),
        'A',
        'it fires always'
    );

-- Given a wallet of 100 of which 30 are held, and the owner writing by hand

SELECT given.book() AS shop \gset
SELECT given.post(given.journal('fund', 'cash', 'wallet', 100)) AS posted \gset
SELECT answer.outcome AS held
FROM ledger.post_holds(
    jsonb_build_array(
        given.journal('hold', 'wallet', 'cash', 1) || jsonb_build_object(
            'debit_account', given.account('wallet'), 'credit_account', given.account('cash'),
            'amount', '30', 'expires_at', now() + interval '1 hour'
        )
    )
) AS answer \gset
SET CONSTRAINTS ALL IMMEDIATE;

-- Takes an amount from the wallet by hand, says what came of it, and takes it back.
CREATE FUNCTION pg_temp.written(amount numeric, fields jsonb)
RETURNS text
LANGUAGE plpgsql
AS $function$
DECLARE
    _moment timestamptz := clock_timestamp();
    _said text;
    _journal ledger.journals;
BEGIN
    BEGIN
        SET CONSTRAINTS ALL DEFERRED;
        INSERT INTO ledger.journals (
            public_id, organization_id, idempotency_key, request_hash, reason, actor, event_at,
            recorded_at, line_count
        )
        SELECT
            'jrn_' || repeat('f', 24), journal.organization_id, 'by_hand', journal.request_hash, 'r', 'a', now(),
            _moment, 2
        FROM ledger.journals AS journal
        WHERE journal.idempotency_key = 'fund'
        RETURNING * INTO _journal;
        INSERT INTO ledger.entries
        SELECT entry.*
        FROM ledger.accounts AS account
        CROSS JOIN LATERAL jsonb_populate_record(
            NULL::ledger.entries,
            jsonb_build_object(
                'journal_id', _journal.id, 'line', 1, 'line_count', 2,
                'organization_id', account.organization_id, 'recorded_at', _moment,
                'account_id', account.id, 'currency', account.currency, 'side', 'DEBIT',
                'amount', written.amount, 'version', account.version + 1,
                'balance_after', account.balance - written.amount, 'chain_hash', '\x' || repeat('ab', 32)
            ) || written.fields
        ) AS entry
        WHERE account.public_id = given.account('wallet');
        RAISE EXCEPTION 'take it back' USING ERRCODE = 'T0000';
    EXCEPTION
        WHEN SQLSTATE 'T0000' THEN
            RETURN 'written';
        WHEN OTHERS THEN
            RETURN sqlstate;
    END;
END
$function$;

SELECT matches(pg_temp.written(attempt.amount, attempt.fields), attempt.said, attempt.label)
FROM (
    VALUES
    (70, '{}'::jsonb, 'written', 'what continues is written'),
    (1, '{"version": 3, "balance_after": 99}', 'TL303', 'a hole before it'),
    (1, '{"version": 1}', 'TL303|23505', 'a version that is there'),
    (1, '{"balance_after": 100}', 'TL303', 'a balance that is not the one before and its amount'),
    (1, '{"balance_after": 101}', 'TL303', 'a balance of the other side'),
    (71, '{}', 'TL305|23514', 'what is held cannot be taken'),
    (1, '{"journal_id": 0}', 'TL306|23503', 'no such journal'),
    (1, '{"line_count": 3}', 'TL306|23503', 'another number of lines than its journal'),
    (
        1,
        '{"recorded_at": "2020-01-01T00:00:00Z"}',
        'TL303|TL306|23503',
        'another moment than its journal'
    ),
    (1, '{"chain_hash": null}', 'TL303|23502', 'no hash')
) AS attempt (amount, fields, said, label);
SELECT is(given.balances('wallet'), '100 at 1', 'the account stands where it stood');

SELECT * FROM finish();
ROLLBACK;
