-- Deploy pgtill:functions/ledger/lock_accounts to pg
-- requires: tables/ledger/accounts
-- requires: types/ledger/standing

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.lock_accounts(journals jsonb)
RETURNS ledger.standing
LANGUAGE plpgsql
VOLATILE
AS $function$
DECLARE
    _at ledger.standing;
BEGIN
    -- Lock order 7: accounts, by id. Who holds one is alone in its history until commit.
    SELECT
        -- Never earlier than what an account knows: along its history time does not go back.
        greatest(clock_timestamp(), max((locked.account).posted_at)),
        array_agg((locked.account).public_id),
        array_agg(locked.account)
    INTO _at
    FROM (
        SELECT account
        FROM ledger.accounts AS account
        WHERE account.public_id = ANY (ARRAY(
                SELECT jsonb_array_elements_text(
                    jsonb_path_query_array(lock_accounts.journals, '$[*].lines[*].account')
                )
            ))
            -- Nobody waits for whoever only names an account of theirs.
            AND account.organization_id = ANY (ARRAY(
                SELECT jsonb_array_elements_text(
                    jsonb_path_query_array(lock_accounts.journals, '$[*].organization_id')
                )::bigint
            ))
        ORDER BY account.id
        FOR NO KEY UPDATE
    ) AS locked;
    RETURN _at;
END
$function$;

COMMENT ON FUNCTION ledger.lock_accounts(jsonb)
IS $comment$Lock the accounts of journals, in the order of their ids, and say where they stand.

Private to post_batch() and insert_journals(); post_journals() documents journals.$comment$;

COMMIT;
