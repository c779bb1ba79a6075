-- Deploy pgtill:tables/ledger/open_holds to pg
-- requires: tables/ledger/holds

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE ledger.open_holds (
    hold_id bigint NOT NULL,
    expires_at timestamptz NOT NULL,

    CONSTRAINT open_holds_pk PRIMARY KEY (hold_id),
    CONSTRAINT open_holds_hold_fk FOREIGN KEY (hold_id, expires_at)
    REFERENCES ledger.holds (id, expires_at)
);

-- However many holds there were, those that wait for their end are found by it.
CREATE INDEX open_holds_expires_at_idx ON ledger.open_holds (expires_at);

COMMENT ON TABLE ledger.open_holds
IS 'Holds that have not ended. Kept by holds and their endings alone, see move_pending().';
COMMENT ON COLUMN ledger.open_holds.hold_id
IS 'Which hold.';
COMMENT ON COLUMN ledger.open_holds.expires_at
IS 'When its time is over.';

CREATE OR REPLACE TRIGGER open_holds_kept_by_holds
BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON ledger.open_holds
FOR EACH STATEMENT
WHEN (pg_trigger_depth() = 0)
EXECUTE FUNCTION ledger.refuse_change();

ALTER TABLE ledger.open_holds ENABLE ALWAYS TRIGGER open_holds_kept_by_holds;

COMMIT;
