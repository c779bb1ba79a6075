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
        SELECT listed.name COLLATE "default", listed.type, listed.suffix, listed.is_covered, listed.description <> ''
        FROM ledger.list_chart() AS listed
        $$,
        $$
        VALUES
        ('customer_auth_hold', 'asset', 'payment', TRUE, TRUE),
        ('merchant_receivable', 'asset', 'merchant', FALSE, TRUE),
        ('psp_settlement', 'asset', 'psp', TRUE, TRUE),
        ('chargeback_fee_expense', 'expense', NULL, FALSE, TRUE),
        ('chargeback_loss', 'expense', NULL, FALSE, TRUE),
        ('interchange_expense', 'expense', NULL, FALSE, TRUE),
        ('chargeback_reserve', 'liability', 'merchant', TRUE, TRUE),
        ('customer_payable', 'liability', 'payment', FALSE, TRUE),
        ('merchant_balance', 'liability', 'merchant', FALSE, TRUE),
        ('merchant_pending_auth', 'liability', 'merchant', TRUE, TRUE),
        ('catena_fee_revenue', 'revenue', NULL, FALSE, TRUE)
        $$,
        'eleven accounts, by type and name'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
