-- Deploy pgtill:functions/ledger/journal_image to pg
-- requires: tables/ledger/journals

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.journal_image(journal ledger.journals)
RETURNS bytea
LANGUAGE sql
STABLE
PARALLEL SAFE
RETURN record_send(
    row(
        (journal).id,
        (journal).public_id,
        (journal).organization_id,
        (journal).idempotency_key,
        (journal).request_hash,
        (journal).reason,
        (journal).actor,
        (journal).event_at,
        (journal).recorded_at,
        (journal).payment_reference,
        (journal).reverses,
        (journal).line_count
    )
);

COMMENT ON FUNCTION ledger.journal_image(ledger.journals)
IS 'The bytes of a journal that the chain of its first line''s account covers: see entry_image().';

COMMIT;
