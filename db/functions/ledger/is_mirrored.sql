-- Deploy pgtill:functions/ledger/is_mirrored to pg
-- requires: tables/ledger/entries

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.is_mirrored(journal_id bigint, reversal_id bigint)
RETURNS boolean
LANGUAGE sql
STABLE
BEGIN ATOMIC
    SELECT
        NOT EXISTS (
            SELECT
            FROM ledger.entries AS entry
            WHERE entry.journal_id IN (is_mirrored.journal_id, is_mirrored.reversal_id)
            GROUP BY entry.line
            HAVING
                count(*) <> 2
                OR count(DISTINCT entry.side) <> 2
                OR min(entry.account_id) <> max(entry.account_id)
                OR min(entry.amount) <> max(entry.amount)
        );
END;

COMMENT ON FUNCTION ledger.is_mirrored(bigint, bigint)
IS $comment$Whether a journal takes back another: each line's account and amount, on the other side.

Private to check_journal().$comment$;

COMMIT;
