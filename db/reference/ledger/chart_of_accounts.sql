-- Deploy pgtill:reference/ledger/chart_of_accounts to pg
-- requires: tables/ledger/chart_of_accounts

BEGIN;

SET LOCAL ROLE pgtill_owner;

INSERT INTO ledger.chart_of_accounts (name, type, suffix, is_covered, description)
VALUES
('merchant_receivable', 'asset', 'merchant', FALSE, 'What a merchant owes.'),
('psp_settlement', 'asset', 'psp', TRUE, 'What a provider has captured and will pay out.'),
('customer_auth_hold', 'asset', 'payment', TRUE, 'What a customer has authorised and not paid.'),
('customer_payable', 'liability', 'payment', FALSE, 'What is owed to a customer.'),
('merchant_pending_auth', 'liability', 'merchant', TRUE, 'What a merchant gets when captured.'),
('merchant_balance', 'liability', 'merchant', FALSE, 'What a merchant is owed.'),
('chargeback_reserve', 'liability', 'merchant', TRUE, 'What is disputed, kept until decided.'),
('catena_fee_revenue', 'revenue', NULL, FALSE, 'Fees on captures.'),
('interchange_expense', 'expense', NULL, FALSE, 'What card networks charge.'),
('chargeback_loss', 'expense', NULL, FALSE, 'Disputes that no merchant paid for.'),
(
    'chargeback_fee_expense',
    'expense',
    NULL,
    FALSE,
    'What providers charge for disputes, less what merchants bore.'
)
ON CONFLICT ON CONSTRAINT chart_of_accounts_pk DO NOTHING;

COMMIT;
