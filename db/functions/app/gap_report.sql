-- Deploy pgtill:functions/app/gap_report to pg
-- requires: tables/app/payment_requests

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.gap_report()
RETURNS TABLE (
    wallet_account_id text,
    chain text,
    network text,
    next_index bigint,
    last_used_index bigint,
    required_gap_limit bigint
)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH
    used AS (
        SELECT
            request.wallet_account_id,
            request.derivation_index,
            lag(request.derivation_index, 1, -1::bigint) OVER (
                PARTITION BY request.wallet_account_id ORDER BY request.derivation_index
            ) AS used_before
        FROM app.payment_requests AS request
        WHERE request.status IN ('detected', 'confirmed', 'reorged')
    ),

    runs AS (
        SELECT
            used.wallet_account_id,
            max(used.derivation_index) AS last_used_index,
            max(used.derivation_index - used.used_before) AS longest_step
        FROM used
        GROUP BY used.wallet_account_id
    )

    SELECT
        account.id AS wallet_account_id,
        account.chain,
        account.network,
        account.next_index,
        runs.last_used_index,
        greatest(
            coalesce(runs.longest_step, 0),
            account.next_index - 1 - coalesce(runs.last_used_index, -1)
        ) AS required_gap_limit
    FROM app.wallet_accounts AS account
    LEFT JOIN runs ON account.id = runs.wallet_account_id
    ORDER BY account.id;
END;

COMMENT ON FUNCTION app.gap_report()
IS
$comment$Answer, per account, what gap limit another wallet needs to find every address handed out.

last_used_index is the highest index known to have been paid, NULL where none is. The limit covers
the longest run of unpaid addresses before a paid one, and all those handed out since the last.$comment$;

GRANT EXECUTE ON FUNCTION app.gap_report() TO pgtill_operator, pgtill_auditor;

COMMIT;
