-- Verify pgtill:reference/ledger/chart_of_accounts on pg

BEGIN;

-- Division by zero says that a row is missing.
SELECT 1 / (count(*) = 0)::integer
FROM (
    VALUES
    ('catena_fee_revenue'),
    ('chargeback_fee_expense'),
    ('chargeback_loss'),
    ('chargeback_reserve'),
    ('customer_auth_hold'),
    ('customer_payable'),
    ('interchange_expense'),
    ('merchant_balance'),
    ('merchant_pending_auth'),
    ('merchant_receivable'),
    ('psp_settlement')
) AS wanted (name)
WHERE NOT EXISTS (
    SELECT FROM ledger.chart_of_accounts AS present
    WHERE present.name = wanted.name
);

ROLLBACK;
