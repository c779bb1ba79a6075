-- Deploy pgtill:functions/ledger/verify to pg
-- requires: functions/ledger/broken_entries
-- requires: functions/ledger/broken_links
-- requires: functions/ledger/broken_accounts
-- requires: functions/ledger/broken_journals
-- requires: functions/ledger/broken_holds
-- requires: functions/ledger/broken_daily_balances

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.verify(
    organization_id bigint DEFAULT NULL, account_id text DEFAULT NULL
)
RETURNS TABLE (broken_account_id text, version bigint, problem text)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT
        broken.broken_account_id,
        broken.version,
        broken.problem
    FROM (
        SELECT part.* FROM ledger.broken_entries(verify.organization_id, verify.account_id) AS part
        UNION ALL
        SELECT part.* FROM ledger.broken_links(verify.organization_id, verify.account_id) AS part
        UNION ALL
        SELECT part.* FROM ledger.broken_accounts(verify.organization_id, verify.account_id) AS part
        UNION ALL
        SELECT part.* FROM ledger.broken_journals(verify.organization_id, verify.account_id) AS part
        UNION ALL
        SELECT part.* FROM ledger.broken_holds(verify.organization_id, verify.account_id) AS part
        UNION ALL
        SELECT part.*
        FROM ledger.broken_daily_balances(verify.organization_id, verify.account_id) AS part
    ) AS broken
    ORDER BY broken.id, broken.version, broken.problem COLLATE pg_catalog."C"
    LIMIT 1;
END;

COMMENT ON FUNCTION ledger.verify(bigint, text)
IS $comment$Name the first broken link of the accounts' chains, or answer no row: they are whole.

Reads all entries and holds of one account, one book, or (NULL) everything. An entry, a journal, a hold or
how it ended, changed by hand, no longer matches the hash over it, nor does what an account is: its name, its
limits, its currency and where that has its point. One removed leaves a hole; one added, or changed together
with its hash, does not match its successor or the account; a tail cut off does not match the account.

A hash is kept by each hold and ending, and by the last entry that a call made in an account; a change between
is found with it. version is that of the entry, or of the one before the hold.

Also, past the constraints and triggers that would have refused it: a journal that does not balance or
lacks a line (one without any is in no account: NULL), what is pending and is not held, what settled and was
not held, a hold in no chain, and a balance kept of a day that is not its last entry's.$comment$;

GRANT EXECUTE ON FUNCTION ledger.verify(bigint, text)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
