-- get_account(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(6);

-- Shape

SELECT
    is(
        given.shape('ledger.get_account(bigint, text)'),
        'stable definer, pgtill_auditor pgtill_operator pgtill_service',
        'service, operators and auditors read'
    );

-- Given a wallet of 100, of which 30 are held to go and 5 to come

SELECT given.book() AS shop \gset
SELECT
    given.account('wallet') AS wallet,
    given.account('wallet', 'other') AS foreign_wallet
\gset
SELECT given.post(given.journal('a', 'cash', 'wallet', 100)) AS posted \gset
SELECT string_agg(answer.outcome, ' ') AS held
FROM ledger.post_holds(
    (
        SELECT
            jsonb_agg(
                given.journal(wanted.key, 'cash', 'wallet', 1) || jsonb_build_object(
                    'debit_account',
                    given.account(wanted.debit),
                    'credit_account',
                    given.account(wanted.credit),
                    'amount', wanted.amount, 'expires_at', now() + interval '1 hour'
                )
            )
        FROM (
            VALUES ('out', 'wallet', 'cash', '30'), ('in', 'cash', 'wallet', '5')
        ) AS wanted (key, debit, credit, amount)
    )
) AS answer \gset

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        format(
            $$
            SELECT
                found.account_id COLLATE "default", found.name COLLATE "default", found.type, found.normal_side,
                found.currency COLLATE "default", found.exponent, found.floor, found.ceiling, found.balance,
                found.pending_out, found.pending_in, found.available, found.version, found.created_at
            FROM ledger.get_account(%s, %L) AS found
            $$,
            :shop, :'wallet'
        ),
        format(
            $$
            VALUES (
                %L, 'wallet', 'liability', 'CREDIT', 'USD', 2, 0::numeric, NULL::numeric, 100::numeric,
                30::numeric, 5::numeric, 70::numeric, 1::bigint, now()
            )
            $$,
            :'wallet'
        ),
        'what it is and where it stands; what may come is not available'
    );
SELECT
    is_empty(
        format('SELECT found.* FROM ledger.get_account(%s, %L) AS found', :shop, missing.account),
        missing.label
    )
FROM (
    VALUES
    (:'foreign_wallet', 'another organization''s account: no row'),
    ('acc_nowhere', 'no such account: no row'),
    (NULL, 'no account: no row')
) AS missing (account, label);
SELECT
    is_empty(
        format('SELECT found.* FROM ledger.get_account(NULL, %L) AS found', :'wallet'),
        'no book: no row'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
