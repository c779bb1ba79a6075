-- Deploy pgtill:functions/ledger/list_journals to pg
-- requires: functions/ledger/journal_lines

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.list_journals(
    organization_id bigint,
    after_journal_id text,
    page_size integer,
    payment_reference text DEFAULT NULL
)
RETURNS TABLE (
    journal_id text,
    idempotency_key text,
    reason text,
    actor text,
    event_at timestamptz,
    recorded_at timestamptz,
    payment_reference text,
    reverses text,
    reversed_by text,
    lines jsonb
)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT
        journal.public_id AS journal_id,
        journal.idempotency_key,
        journal.reason,
        journal.actor,
        journal.event_at,
        journal.recorded_at,
        journal.payment_reference,
        reversed.public_id AS reverses,
        reversal.public_id AS reversed_by,
        ledger.journal_lines(journal.id) AS lines
    FROM ledger.journals AS journal
    LEFT JOIN ledger.journals AS reversed ON journal.reverses = reversed.id
    LEFT JOIN ledger.journals AS reversal ON journal.id = reversal.reverses
    WHERE
        journal.organization_id = list_journals.organization_id
        AND (
            list_journals.payment_reference IS NULL
            OR journal.payment_reference = list_journals.payment_reference
        )
        AND (
            list_journals.after_journal_id IS NULL
            OR (journal.recorded_at, journal.id) < (
                SELECT
                    before.recorded_at,
                    before.id
                FROM ledger.journals AS before
                WHERE
                    before.public_id = list_journals.after_journal_id
                    AND before.organization_id = list_journals.organization_id
            )
        )
    ORDER BY journal.recorded_at DESC, journal.id DESC
    LIMIT list_journals.page_size;
END;

COMMENT ON FUNCTION ledger.list_journals(bigint, text, integer, text)
IS $comment$Journals of a book, the newest first, before after_journal_id; NULL: from the newest.

payment_reference keeps those of one payment. See get_journal() for the columns.$comment$;

GRANT EXECUTE ON FUNCTION ledger.list_journals(bigint, text, integer, text)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
