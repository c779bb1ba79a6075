-- Fill a book with journals of the past, set by set.
--
-- Run as superuser in a database of the bench alone (bench/parts/books.py). Every journal debits one hot
-- account and credits one of a hundred; %(count)s journals are %(days)s days. Amounts, versions and balances
-- are those that posting would have made. Hashes are not: verify() would say so.

SET LOCAL session_replication_role = replica;
SET LOCAL synchronous_commit = off;
SET LOCAL work_mem = '512MB';

ALTER TABLE ledger.journals DISABLE TRIGGER USER;
ALTER TABLE ledger.entries DISABLE TRIGGER USER;
ALTER TABLE ledger.accounts DISABLE TRIGGER USER;

INSERT INTO ledger.journals (
    id, public_id, organization_id, idempotency_key, request_hash, reason, actor, event_at, recorded_at,
    payment_reference, line_count
)
OVERRIDING SYSTEM VALUE
SELECT
    series.nth, 'jrn_' || lpad(to_hex(series.nth), 24, '0'), %(organization_id)s,
    'past-' || lpad(series.nth::text, 10, '0'), sha256(int8send(series.nth)), 'a payment of the past', 'bench',
    past.at, past.at, 'pay_' || series.nth, 2
FROM generate_series(1, %(count)s::bigint) AS series (nth)
CROSS JOIN LATERAL (
    SELECT
        now() - interval '1 hour'
        - make_interval(days => %(days)s) * ((%(count)s - series.nth)::numeric / %(count)s)::double precision AS at
) AS past;

SELECT setval('ledger.journals_id_seq', %(count)s::bigint);

INSERT INTO ledger.entries (
    journal_id, line, line_count, organization_id, recorded_at, account_id, currency, side, amount,
    version, balance_after
)
SELECT
    journal.id, 1, 2, journal.organization_id, journal.recorded_at, account.id, 'USD', 'DEBIT',
    1 + journal.id %% 1000, journal.id, sum(1 + journal.id %% 1000) OVER (ORDER BY journal.id)
FROM ledger.journals AS journal
INNER JOIN ledger.accounts AS account
    ON account.organization_id = journal.organization_id AND account.name = 'psp_settlement:bench';

INSERT INTO ledger.entries (
    journal_id, line, line_count, organization_id, recorded_at, account_id, currency, side, amount,
    version, balance_after
)
SELECT
    journal.id, 2, 2, journal.organization_id, journal.recorded_at, account.id, 'USD', 'CREDIT',
    1 + journal.id %% 1000,
    row_number() OVER history,
    sum(1 + journal.id %% 1000) OVER history
FROM ledger.journals AS journal
INNER JOIN ledger.accounts AS account
    ON
        account.organization_id = journal.organization_id
        AND account.name = 'merchant_balance:m_' || journal.id %% 100
WINDOW history AS (PARTITION BY account.id ORDER BY journal.id);

UPDATE ledger.accounts AS account
SET
    version = last.version,
    balance = last.balance_after,
    posted_at = last.recorded_at,
    chain_hash = sha256('')
FROM (
    SELECT DISTINCT ON (entry.account_id)
        entry.account_id, entry.version, entry.balance_after, entry.recorded_at
    FROM ledger.entries AS entry
    ORDER BY entry.account_id, entry.version DESC
) AS last
WHERE account.id = last.account_id;

ALTER TABLE ledger.journals ENABLE TRIGGER USER;
ALTER TABLE ledger.entries ENABLE TRIGGER USER;
ALTER TABLE ledger.accounts ENABLE TRIGGER USER;
