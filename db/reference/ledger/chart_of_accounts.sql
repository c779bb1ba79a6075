-- Deploy pgtill:reference/ledger/chart_of_accounts to pg
-- requires: tables/ledger/chart_of_accounts

BEGIN;

SET LOCAL ROLE pgtill_owner;

INSERT INTO ledger.chart_of_accounts (name, type, suffix, description)
VALUES
('merchant_receivable', 'asset', 'merchant', 'What a merchant owes.'),
('psp_settlement', 'asset', 'psp', 'What a provider has captured and will pay out.'),
('customer_auth_hold', 'asset', 'payment', 'What a customer has authorised and not paid.'),
('customer_payable', 'liability', 'payment', 'What is owed to a customer.'),
('merchant_pending_auth', 'liability', 'merchant', 'What a merchant gets once it is captured.'),
('merchant_balance', 'liability', 'merchant', 'What a merchant is owed.'),
('chargeback_reserve', 'liability', 'merchant', 'What is disputed, kept until decided.'),
('catena_fee_revenue', 'revenue', NULL, 'Fees on captures.'),
('interchange_expense', 'expense', NULL, 'What card networks charge.'),
('chargeback_loss', 'expense', NULL, 'Disputes that no merchant paid for.'),
(
    'chargeback_fee_expense',
    'expense',
    NULL,
    'What providers charge for disputes, less what merchants bore.'
)
ON CONFLICT ON CONSTRAINT chart_of_accounts_pk DO NOTHING;

COMMIT;
