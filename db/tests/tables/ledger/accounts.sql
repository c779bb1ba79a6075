-- accounts: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table ledger.accounts

SELECT plan(31);

SELECT given.book() AS shop \gset

-- The triggers come before every rule; each has a test of its own.

ALTER TABLE ledger.accounts DISABLE TRIGGER USER;

CREATE TEMPORARY TABLE good AS
SELECT
    nth,
    jsonb_build_object(
        'id', 1000000 + nth,
        'public_id', 'acc_' || repeat(nth::text, 24),
        'organization_id', :shop,
        'name', 'merchant_balance:m_' || nth,
        'type', (ARRAY['asset', 'liability', 'equity'])[nth],
        'currency', 'USD',
        'floor', -10,
        'ceiling', 10,
        'balance', nth,
        'pending_out', 1,
        'pending_in', 2,
        'version', nth,
        'posted_at', '2026-01-01T00:00:00Z',
        'chain_hash', '\x' || given.digest('chain'),
        'created_at', '2026-01-01T00:00:00Z'
    ) AS fields
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE refused (rule, fields, attempt) AS
VALUES
('accounts_pk', '{"id": 1000001}'::jsonb, 'a new row'),
('accounts_public_id_unique', '{"public_id": "acc_111111111111111111111111"}', NULL),
('accounts_public_id_shape', '{"public_id": "acc_11111111111111111111111g"}', NULL),
('accounts_organization_fk', '{"organization_id": -1}', NULL),
('accounts_name_unique', '{"name": "merchant_balance:m_1"}', NULL),
('accounts_name_shape', '{"name": "merchant_balance:"}', NULL),
('accounts_name_shape', '{"name": "two words"}', NULL),
('accounts_currency_fk', '{"currency": "XXX"}', NULL),
('accounts_floor_kept', '{"floor": 2, "balance": 2}', NULL),
('accounts_ceiling_kept', '{"ceiling": 4, "balance": 3}', NULL),
('accounts_ceiling_number', '{"ceiling": "NaN"}', NULL),
('accounts_floor_kept', '{"floor": "NaN"}', NULL),
('accounts_pending_positive', '{"pending_out": -1}', NULL),
('accounts_pending_positive', '{"pending_in": -1}', NULL);

\ir ../../support/refusals.psql

SELECT
    results_eq(
        $$
        SELECT kind.type::text, account.normal_side::text
        FROM unnest(enum_range(NULL::ledger.account_type)) AS kind (type)
        LEFT JOIN ledger.accounts AS account ON account.type = kind.type AND account.currency = 'USD'
        WHERE kind.type <> 'equity'
        GROUP BY kind.type, account.normal_side
        ORDER BY kind.type
        $$,
        $$
        VALUES
        ('asset', 'DEBIT'), ('expense', 'DEBIT'), ('liability', 'CREDIT'), ('revenue', 'CREDIT')
        $$,
        'the normal side follows from the type'
    );

SELECT * FROM finish();
ROLLBACK;
