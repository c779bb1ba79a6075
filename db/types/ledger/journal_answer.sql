-- Deploy pgtill:types/ledger/journal_answer to pg
-- requires: schemas/ledger

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TYPE ledger.journal_answer AS (
    journal_position integer,
    outcome text,
    journal_id text,
    recorded_at timestamptz,
    details jsonb
);

COMMENT ON TYPE ledger.journal_answer
IS 'What became of one journal: a row of post_journals(), which documents it.';

COMMIT;
