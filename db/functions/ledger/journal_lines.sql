-- Deploy pgtill:functions/ledger/journal_lines to pg
-- requires: tables/ledger/entries

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.journal_lines(journal_id bigint)
RETURNS jsonb
LANGUAGE sql
STABLE
BEGIN ATOMIC
    SELECT
        jsonb_agg(
            jsonb_build_object(
                'line', entry.line,
                'account', account.public_id,
                'name', account.name,
                'side', entry.side,
                'amount', entry.amount::text,
                'currency', entry.currency,
                'version', entry.version,
                'balance_after', entry.balance_after::text
            )
            ORDER BY entry.line
        )
    FROM ledger.entries AS entry
    INNER JOIN ledger.accounts AS account ON entry.account_id = account.id
    WHERE entry.journal_id = journal_lines.journal_id;
END;

COMMENT ON FUNCTION ledger.journal_lines(bigint)
IS $comment$The lines of a journal as the API shows them, amounts as text.

Private to get_journal() and list_journals().$comment$;

COMMIT;
