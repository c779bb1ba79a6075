-- Deploy pgtill:functions/ledger/balance_at to pg
-- requires: functions/ledger/version_at

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.balance_at(
    organization_id bigint, account_id text, moment timestamptz
)
RETURNS TABLE (balance numeric, version bigint, recorded_at timestamptz, currency text)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH place AS MATERIALIZED (
        SELECT
            account.id,
            account.currency,
            ledger.version_at(
                account.id, account.version, coalesce(balance_at.moment, 'infinity')
            ) AS version
        FROM ledger.accounts AS account
        WHERE
            account.public_id = balance_at.account_id
            AND account.organization_id = balance_at.organization_id
    )

    SELECT
        coalesce(entry.balance_after, 0) AS balance,
        place.version,
        entry.recorded_at,
        place.currency
    FROM place
    LEFT JOIN ledger.entries AS entry
        ON place.id = entry.account_id AND place.version = entry.version;
END;

COMMENT ON FUNCTION ledger.balance_at(bigint, text, timestamptz)
IS $comment$Where an account stood at a moment, that moment included, by record time; NULL: now.

version 0 and no recorded_at: nothing had been posted. No row: the organization has no such account.$comment$;

GRANT EXECUTE ON FUNCTION ledger.balance_at(bigint, text, timestamptz)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
