-- list_opened_accounts(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(6);

-- Shape

SELECT
    is(
        given.shape('ledger.list_opened_accounts(text[], text[])'),
        'stable definer, pgtill_auditor pgtill_operator',
        'operators and auditors call it'
    );

-- Given the accounts of the shop

SELECT given.book() AS shop \gset
SELECT given.post(given.journal('fund', 'cash', 'wallet', 100)) AS posted \gset
SELECT given.hold('held', 10) AS held \gset
SELECT
    max(tenant.public_id) FILTER (WHERE tenant.name = 'shop') AS shop_id,
    max(tenant.public_id) FILTER (WHERE tenant.name = 'other') AS other_id
FROM identity.organizations AS tenant \gset
SELECT
    given.account('wallet') AS wallet,
    given.account('cash') AS cash
\gset

-- Acting as an operator

SET LOCAL ROLE pgtill_operator;

SELECT
    results_eq(
        format(
            $$
            SELECT answer.answer_position, to_jsonb(answer) - 'answer_position'
            FROM ledger.list_opened_accounts(%L::text[], %L::text[]) AS answer
            $$,
            ARRAY[:'shop_id', :'other_id', 'org_nobody', :'shop_id', :'shop_id'],
            ARRAY[:'wallet', :'wallet', :'wallet', 'acc_nowhere', :'cash']
        ),
        format(
            $$
            SELECT asked.place, to_jsonb(account)
            FROM (VALUES (1::bigint, %L), (5, %L)) AS asked (place, account_id)
            CROSS JOIN LATERAL ledger.get_account(%s, asked.account_id) AS account
            $$,
            :'wallet', :'cash', :shop
        ),
        'each account of its own organization as it stands, in the order asked'
    );
SELECT
    is(
        (
            SELECT concat_ws(' ', answer.balance, answer.pending_out, answer.version)
            FROM ledger.list_opened_accounts(ARRAY[:'shop_id'], ARRAY[:'wallet']) AS answer
        ),
        '100 10 1',
        'with what it holds now'
    );
SELECT
    is_empty(
        $$ SELECT answer.* FROM ledger.list_opened_accounts('{}', '{}') AS answer $$,
        'nothing asked, nothing answered'
    );

-- Refusals

SET LOCAL ROLE pgtill_auditor;

SELECT
    throws_ok(
        $$ SELECT account.id FROM ledger.accounts AS account $$,
        '42501',
        'permission denied for table accounts',
        'an auditor has no other way to them'
    );

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        $$ SELECT ledger.list_opened_accounts('{}', '{}') $$,
        '42501',
        'permission denied for function list_opened_accounts',
        'the service never lists accounts of all organizations'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
