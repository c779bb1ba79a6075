-- Deploy pgtill:functions/ledger/get_journal to pg
-- requires: functions/ledger/journal_lines

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.get_journal(organization_id bigint, journal_id text)
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
        journal.public_id = get_journal.journal_id
        AND journal.organization_id = get_journal.organization_id;
END;

COMMENT ON FUNCTION ledger.get_journal(bigint, text)
IS $comment$One journal of a book with its lines; no row: the organization has no such journal.

lines is [{line, account, name, side, amount, currency, version, balance_after}, ...]; reverses is the
journal it takes back, reversed_by the one that takes it back.$comment$;

GRANT EXECUTE ON FUNCTION ledger.get_journal(bigint, text)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
