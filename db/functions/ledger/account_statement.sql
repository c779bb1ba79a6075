-- Deploy pgtill:functions/ledger/account_statement to pg
-- requires: functions/ledger/version_at

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.account_statement(
    organization_id bigint,
    account_id text,
    after_version bigint,
    page_size integer,
    from_at timestamptz DEFAULT NULL,
    to_at timestamptz DEFAULT NULL
)
RETURNS TABLE (
    version bigint,
    journal_id text,
    line integer,
    recorded_at timestamptz,
    event_at timestamptz,
    side text,
    amount numeric,
    balance_after numeric,
    reason text,
    payment_reference text
)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    -- Both ends of the period first: what lies outside is not read just to be left out.
    WITH period AS (
        SELECT
            account.id,
            greatest(
                coalesce(account_statement.after_version, 0),
                ledger.version_at(
                    account.id,
                    account.version,
                    coalesce(account_statement.from_at, '-infinity') - interval '1 microsecond'
                )
            ) AS version_before,
            ledger.version_at(
                account.id,
                account.version,
                coalesce(account_statement.to_at, 'infinity') - interval '1 microsecond'
            ) AS last_version
        FROM ledger.accounts AS account
        WHERE
            account.public_id = account_statement.account_id
            AND account.organization_id = account_statement.organization_id
    )

    SELECT
        entry.version,
        journal.public_id AS journal_id,
        entry.line::integer AS line,
        entry.recorded_at,
        journal.event_at,
        entry.side::text AS side,
        entry.amount,
        entry.balance_after,
        journal.reason,
        journal.payment_reference
    FROM period
    CROSS JOIN
        LATERAL (
            SELECT later.*
            FROM ledger.entries AS later
            WHERE
                later.account_id = period.id
                AND later.version > period.version_before
                AND later.version <= period.last_version
            ORDER BY later.version
            -- Here, or a page of a long history reads all that follows to sort it.
            LIMIT account_statement.page_size
        ) AS entry
    INNER JOIN ledger.journals AS journal ON entry.journal_id = journal.id
    ORDER BY entry.version;
END;

COMMENT ON FUNCTION ledger.account_statement(
    bigint, text, bigint, integer, timestamptz, timestamptz
)
IS $comment$Entries of an account with its balance after each, in order, after after_version.

from_at <= recorded_at < to_at, where they are given. The next page begins after the last version.
No row also where the organization has no such account.$comment$;

GRANT EXECUTE ON FUNCTION ledger.account_statement(
    bigint, text, bigint, integer, timestamptz, timestamptz
)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
