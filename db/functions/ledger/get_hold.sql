-- Deploy pgtill:functions/ledger/get_hold to pg
-- requires: tables/ledger/hold_endings

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.get_hold(organization_id bigint, asked_hold_id text)
RETURNS TABLE (
    hold_id text,
    status text,
    debit_account text,
    credit_account text,
    currency text,
    amount numeric,
    settled_amount numeric,
    journal_id text,
    reason text,
    actor text,
    payment_reference text,
    expires_at timestamptz,
    created_at timestamptz,
    resolved_at timestamptz
)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT
        hold.public_id AS hold_id,
        coalesce(ending.kind, 'held') AS status,
        debit.public_id AS debit_account,
        credit.public_id AS credit_account,
        hold.currency,
        hold.amount,
        settled.amount AS settled_amount,
        journal.public_id AS journal_id,
        hold.reason,
        hold.actor,
        hold.payment_reference,
        hold.expires_at,
        hold.created_at,
        ending.recorded_at AS resolved_at
    FROM ledger.holds AS hold
    INNER JOIN ledger.accounts AS debit ON hold.debit_account_id = debit.id
    INNER JOIN ledger.accounts AS credit ON hold.credit_account_id = credit.id
    LEFT JOIN ledger.hold_endings AS ending ON hold.id = ending.hold_id
    LEFT JOIN ledger.journals AS journal
        ON
            ending.organization_id = journal.organization_id
            AND ending.journal_key = journal.idempotency_key
    LEFT JOIN ledger.entries AS settled ON journal.id = settled.journal_id AND settled.line = 1
    WHERE
        hold.public_id = get_hold.asked_hold_id
        AND hold.organization_id = get_hold.organization_id;
END;

COMMENT ON FUNCTION ledger.get_hold(bigint, text)
IS $comment$One hold of a book and how it ended; no row: the organization has no such hold.

status is held, settled, released or expired.$comment$;

GRANT EXECUTE ON FUNCTION ledger.get_hold(bigint, text)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
