-- Deploy pgtill:functions/ledger/lock_accounts to pg
-- requires: tables/ledger/accounts

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.lock_accounts(journals jsonb)
RETURNS void
LANGUAGE plpgsql
VOLATILE
AS $function$
BEGIN
    PERFORM account.id
    FROM ledger.accounts AS account
    WHERE account.public_id = ANY (ARRAY(
            SELECT line.entry ->> 'account'
            FROM jsonb_array_elements(lock_accounts.journals) AS item (journal)
            CROSS JOIN LATERAL jsonb_array_elements(item.journal -> 'lines') AS line (entry)
        ))
        AND account.organization_id = ANY (ARRAY(
            SELECT (item.journal ->> 'organization_id')::bigint
            FROM jsonb_array_elements(lock_accounts.journals) AS item (journal)
        ))
    ORDER BY account.id
    FOR NO KEY UPDATE;
END
$function$;

COMMENT ON FUNCTION ledger.lock_accounts(jsonb)
IS $comment$Lock the accounts of journals, in the order of their ids.

Private to post_journals(), which documents journals.$comment$;

COMMIT;
