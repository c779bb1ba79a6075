-- uncovered_account(): of a payment no more leaves what the chart says is covered than came in.
\ir ../../support/begin.psql

SELECT plan(9);

-- Shape

SELECT
    is(
        given.shape('ledger.uncovered_account(text)'),
        'stable invoker, private',
        'only book_event() calls it'
    );

-- Given accounts of the chart, and of two payments what came into them

SELECT given.book() AS shop \gset
SELECT count(given.open(wanted.name, wanted.type)) AS opened
FROM (
    VALUES
    ('psp_settlement:a', 'asset'),
    ('psp_settlement:b', 'asset'),
    ('merchant_balance:m', 'liability')
) AS wanted (name, type)
\gset

-- Posts a journal of a payment; the name of the account that is not covered.
CREATE FUNCTION pg_temp.uncovered(payment text, debit text, credit text, amount numeric)
RETURNS text
LANGUAGE plpgsql
AS $function$
DECLARE
    _journal text;
BEGIN
    SELECT answer.journal_id
    INTO STRICT _journal
    FROM ledger.post_journals(
        jsonb_build_array(
            given.journal(
                concat_ws('_', payment, translate(debit || credit, ':', '_'), amount), debit, credit, amount,
                jsonb_build_object('payment_reference', payment)
            )
        )
    ) AS answer;
    RETURN (
        SELECT account.name
        FROM ledger.accounts AS account
        WHERE account.public_id = ledger.uncovered_account(_journal)
    );
END
$function$;

SELECT
    is(
        pg_temp.uncovered(step.payment, step.debit, step.credit, step.amount),
        step.account,
        step.label
    )
FROM (
    VALUES
    ('one', 'psp_settlement:a', 'merchant_balance:m', 10, NULL, 'what comes in'),
    ('two', 'psp_settlement:a', 'merchant_balance:m', 5, NULL, '… of another payment'),
    ('one', 'merchant_balance:m', 'psp_settlement:a', 10, NULL, 'all of it, and no more'),
    (
        'one', 'merchant_balance:m', 'psp_settlement:a', 1,
        'psp_settlement:a', 'more, though the account has it'
    ),
    (
        'two', 'merchant_balance:m', 'psp_settlement:b', 1,
        'psp_settlement:b', 'from where it never was'
    ),
    (
        'two', 'merchant_balance:m', 'cash', 100,
        NULL, 'what the chart does not cover, or does not have'
    )
) AS step (payment, debit, credit, amount, account, label);

-- A reversal is of the payment, too

SELECT
    ledger.reverse_journals(
        jsonb_build_array(
            given.journal('back', 'cash', 'sales', 1) - 'lines'
            || jsonb_build_object('journal_id', journal.public_id)
        )
    ) AS reversed
FROM ledger.journals AS journal
WHERE journal.idempotency_key = 'two_psp_settlement_amerchant_balance_m_5'
\gset
SELECT
    is(
        pg_temp.uncovered('two', 'merchant_balance:m', 'psp_settlement:a', 2),
        'psp_settlement:a',
        'what was taken back is not there'
    );
SELECT is(ledger.uncovered_account('jrn_nowhere'), NULL, 'of no journal nothing');

SELECT * FROM finish();
ROLLBACK;
