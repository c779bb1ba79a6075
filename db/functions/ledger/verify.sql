-- Deploy pgtill:functions/ledger/verify to pg
-- requires: functions/ledger/broken_entries
-- requires: functions/ledger/broken_links
-- requires: functions/ledger/broken_accounts

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
        SELECT entry.*
        FROM ledger.broken_entries(verify.organization_id, verify.account_id) AS entry
        UNION ALL
        SELECT link.* FROM ledger.broken_links(verify.organization_id, verify.account_id) AS link
        UNION ALL
        SELECT account.*
        FROM ledger.broken_accounts(verify.organization_id, verify.account_id) AS account
    ) AS broken
    ORDER BY broken.id, broken.version, broken.problem COLLATE pg_catalog."C"
    LIMIT 1;
END;

COMMENT ON FUNCTION ledger.verify(bigint, text)
IS $comment$Name the first broken link of the accounts' chains, or answer no row: they are whole.

Reads all entries of one account, one book, or (NULL) everything. An entry or a journal changed by hand
no longer matches the hash over it; one removed leaves a hole; one added, or changed together with its
hash, does not match its successor or the account; a tail cut off does not match the account.

A hash is kept by the last entry that a call made in an account; a change between is found with it.$comment$;

GRANT EXECUTE ON FUNCTION ledger.verify(bigint, text)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
