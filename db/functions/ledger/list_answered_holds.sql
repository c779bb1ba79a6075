-- Deploy pgtill:functions/ledger/list_answered_holds to pg
-- requires: tables/ledger/hold_endings

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.list_answered_holds(
    organization_ids text[], idempotency_keys text[], is_ending boolean
)
RETURNS TABLE (
    answer_position bigint,
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
-- A thousand keys of millions: found by their index, whatever the planner thinks of arrays.
SET enable_seqscan = off
BEGIN ATOMIC
    WITH asked AS (
        SELECT
            item.answer_position,
            item.idempotency_key,
            tenant.id AS organization_id
        FROM
            unnest(list_answered_holds.organization_ids, list_answered_holds.idempotency_keys)
            WITH ORDINALITY AS item (organization_id, idempotency_key, answer_position)
        INNER JOIN identity.organizations AS tenant ON item.organization_id = tenant.public_id
    ),

    named AS (
        SELECT
            asked.answer_position,
            hold.id AS hold_id
        FROM asked
        INNER JOIN ledger.holds AS hold
            ON
                asked.organization_id = hold.organization_id
                AND asked.idempotency_key = hold.idempotency_key
        WHERE NOT list_answered_holds.is_ending
        UNION ALL
        SELECT
            asked.answer_position,
            ending.hold_id
        FROM asked
        INNER JOIN ledger.hold_endings AS ending
            ON
                asked.organization_id = ending.organization_id
                AND asked.idempotency_key = ending.idempotency_key
        WHERE list_answered_holds.is_ending
    )

    SELECT
        named.answer_position,
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
    FROM named
    INNER JOIN ledger.holds AS hold ON named.hold_id = hold.id
    INNER JOIN ledger.accounts AS debit ON hold.debit_account_id = debit.id
    INNER JOIN ledger.accounts AS credit ON hold.credit_account_id = credit.id
    LEFT JOIN ledger.hold_endings AS ending ON hold.id = ending.hold_id
    LEFT JOIN ledger.journals AS journal
        ON
            ending.organization_id = journal.organization_id
            AND ending.journal_key = journal.idempotency_key
    LEFT JOIN ledger.entries AS settled ON journal.id = settled.journal_id AND settled.line = 1
    ORDER BY named.answer_position;
END;

COMMENT ON FUNCTION ledger.list_answered_holds(text[], text[], boolean)
IS
$comment$Answer which hold each key of an organization (org_...) made, or, with is_ending, ended.

A row for each key that did, in the order asked, with the hold as it now stands; none for the others. A key
that stands twice, which a constraint forbids, gives two rows with one position.$comment$;

GRANT EXECUTE
ON FUNCTION ledger.list_answered_holds(text[], text[], boolean)
TO pgtill_operator, pgtill_auditor;

COMMIT;
