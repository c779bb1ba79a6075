-- Deploy pgtill:tables/ledger/daily_balances to pg
-- requires: functions/ledger/refuse_change

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE ledger.daily_balances (
    account_id bigint NOT NULL,
    day date NOT NULL,
    version bigint NOT NULL,
    balance numeric(78, 0) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT daily_balances_pk PRIMARY KEY (account_id, day),
    CONSTRAINT daily_balances_entry_fk
    FOREIGN KEY (account_id, version) REFERENCES ledger.entries (account_id, version),
    CONSTRAINT daily_balances_version_unique UNIQUE (account_id, version)
);

COMMENT ON TABLE ledger.daily_balances
IS 'Where an account stood when a day (UTC) ended, for days on which it moved. Append-only.';
COMMENT ON COLUMN ledger.daily_balances.account_id
IS 'Which account.';
COMMENT ON COLUMN ledger.daily_balances.day
IS 'Which day: what was recorded before the next one began.';
COMMENT ON COLUMN ledger.daily_balances.version
IS 'Version of its last entry of that day.';
COMMENT ON COLUMN ledger.daily_balances.balance
IS 'balance_after of that entry.';
COMMENT ON COLUMN ledger.daily_balances.created_at
IS 'When the row was made.';

CREATE OR REPLACE TRIGGER daily_balances_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.daily_balances
FOR EACH STATEMENT
EXECUTE FUNCTION ledger.refuse_change();

ALTER TABLE ledger.daily_balances ENABLE ALWAYS TRIGGER daily_balances_append_only;

COMMIT;
