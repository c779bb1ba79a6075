-- Deploy pgtill:functions/ledger/export_entries to pg
-- requires: tables/ledger/entries

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.export_entries(
    organization_id bigint,
    from_at timestamptz,
    to_at timestamptz,
    after_journal_id text,
    page_size integer
)
RETURNS TABLE (
    journal_id text,
    recorded_at timestamptz,
    event_at timestamptz,
    reason text,
    actor text,
    idempotency_key text,
    payment_reference text,
    reverses text,
    line integer,
    account_id text,
    name text,
    type text,
    currency text,
    exponent integer,
    side text,
    amount numeric,
    version bigint,
    balance_after numeric
)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH page AS MATERIALIZED (
        SELECT journal.*
        FROM ledger.journals AS journal
        WHERE
            journal.organization_id = export_entries.organization_id
            AND journal.recorded_at >= export_entries.from_at
            AND journal.recorded_at < export_entries.to_at
            AND (
                export_entries.after_journal_id IS NULL
                OR (journal.recorded_at, journal.id) > (
                    SELECT
                        before.recorded_at,
                        before.id
                    FROM ledger.journals AS before
                    WHERE
                        before.public_id = export_entries.after_journal_id
                        AND before.organization_id = export_entries.organization_id
                )
            )
        ORDER BY journal.recorded_at, journal.id
        LIMIT export_entries.page_size
    )

    SELECT
        page.public_id AS journal_id,
        page.recorded_at,
        page.event_at,
        page.reason,
        page.actor,
        page.idempotency_key,
        page.payment_reference,
        reversed.public_id AS reverses,
        entry.line::integer AS line,
        account.public_id AS account_id,
        account.name,
        account.type::text AS type,
        entry.currency,
        currency.exponent,
        entry.side::text AS side,
        entry.amount,
        entry.version,
        entry.balance_after
    FROM page
    INNER JOIN ledger.entries AS entry ON page.id = entry.journal_id
    INNER JOIN ledger.accounts AS account ON entry.account_id = account.id
    INNER JOIN ledger.currencies AS currency ON entry.currency = currency.code
    LEFT JOIN ledger.journals AS reversed ON page.reverses = reversed.id
    ORDER BY page.recorded_at, page.id, entry.line;
END;

COMMENT ON FUNCTION ledger.export_entries(bigint, timestamptz, timestamptz, text, integer)
IS $comment$Journals of a book with from_at <= recorded_at < to_at, in that order; a row a line.

page_size counts journals, which come whole; the next page begins after the last journal_id. What is
still being recorded is not there yet: export what ended a minute ago.$comment$;

GRANT EXECUTE ON FUNCTION ledger.export_entries(bigint, timestamptz, timestamptz, text, integer)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
