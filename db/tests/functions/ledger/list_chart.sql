-- list_chart(): the chart of accounts, by type and name.
\ir ../../support/begin.psql

SELECT plan(2);

-- Shape

SELECT
    is(
        given.shape('ledger.list_chart()'),
        'stable definer, pgtill_auditor pgtill_operator pgtill_service',
        'service, operators and auditors read'
    );

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        $$
        SELECT listed.name COLLATE "default", listed.type, listed.suffix, listed.description <> ''
        FROM ledger.list_chart() AS listed
        $$,
        $$
        VALUES
        ('customer_auth_hold', 'asset', 'payment', TRUE),
        ('merchant_receivable', 'asset', 'merchant', TRUE),
        ('psp_settlement', 'asset', 'psp', TRUE),
        ('chargeback_fee_expense', 'expense', NULL, TRUE),
        ('chargeback_loss', 'expense', NULL, TRUE),
        ('interchange_expense', 'expense', NULL, TRUE),
        ('chargeback_reserve', 'liability', 'merchant', TRUE),
        ('customer_payable', 'liability', 'payment', TRUE),
        ('merchant_balance', 'liability', 'merchant', TRUE),
        ('merchant_pending_auth', 'liability', 'merchant', TRUE),
        ('catena_fee_revenue', 'revenue', NULL, TRUE)
        $$,
        'eleven accounts, by type and name'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
