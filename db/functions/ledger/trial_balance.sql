-- Deploy pgtill:functions/ledger/trial_balance to pg
-- requires: functions/ledger/version_at

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.trial_balance(
    organization_id bigint,
    moment timestamptz DEFAULT NULL,
    after_account_id text DEFAULT NULL,
    page_size integer DEFAULT NULL
)
RETURNS TABLE (
    account_id text,
    name text,
    type text,
    currency text,
    exponent integer,
    debit numeric,
    credit numeric
)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    -- The page first: the past of what lies outside is not looked for.
    WITH page AS (
        SELECT account.*
        FROM ledger.accounts AS account
        WHERE
            account.organization_id = trial_balance.organization_id
            AND (
                trial_balance.after_account_id IS NULL
                OR (account.currency, account.name) > (
                    SELECT
                        before.currency,
                        before.name
                    FROM ledger.accounts AS before
                    WHERE
                        before.public_id = trial_balance.after_account_id
                        AND before.organization_id = trial_balance.organization_id
                )
            )
        ORDER BY account.currency, account.name
        LIMIT trial_balance.page_size
    ),

    standing AS (
        SELECT
            account.public_id,
            account.name,
            account.type,
            account.currency,
            -- Debits less credits, whatever the normal side.
            CASE account.normal_side WHEN 'DEBIT' THEN 1 ELSE -1 END
            * CASE
                WHEN trial_balance.moment IS NULL THEN account.balance
                ELSE
                    coalesce(
                        (
                            SELECT entry.balance_after
                            FROM ledger.entries AS entry
                            WHERE
                                entry.account_id = account.id
                                AND entry.version = ledger.version_at(
                                    account.id, account.version, trial_balance.moment
                                )
                        ),
                        0
                    )
            END AS net
        FROM page AS account
    )

    SELECT
        standing.public_id AS account_id,
        standing.name,
        standing.type::text AS type,
        standing.currency,
        currency.exponent,
        greatest(standing.net, 0) AS debit,
        greatest(-standing.net, 0) AS credit
    FROM standing
    INNER JOIN ledger.currencies AS currency ON standing.currency = currency.code
    ORDER BY standing.currency, standing.name;
END;

COMMENT ON FUNCTION ledger.trial_balance(bigint, timestamptz, text, integer)
IS $comment$Where the accounts of a book stand; of each currency both columns sum up alike.

By currency and name, after after_account_id (NULL: from the first), page_size of them (NULL: all).
moment is as in balance_at(); NULL: now, as one statement sees it.$comment$;

GRANT EXECUTE ON FUNCTION ledger.trial_balance(bigint, timestamptz, text, integer)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
