-- Deploy pgtill:functions/ledger/write_journals to pg
-- requires: functions/ledger/continue_accounts
-- requires: functions/ledger/check_journal

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.write_journals(
    journals ledger.journals[],
    entries ledger.entries[],
    slots integer[],
    versions bigint[],
    chains bytea[]
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
AS $function$
BEGIN
    -- Lock order 8: keys, in the order of their index. One statement: the constraint that journals
    -- balance holds at its end already, should the caller have made it immediate.
    WITH recorded AS (
        INSERT INTO ledger.journals (
            id, public_id, organization_id, idempotency_key, request_hash, reason, actor, event_at,
            recorded_at, payment_reference, reverses, line_count
        )
        OVERRIDING SYSTEM VALUE
        SELECT made.*
        FROM unnest(write_journals.journals) AS made
        ORDER BY made.organization_id, made.idempotency_key
    )

    INSERT INTO ledger.entries (
        journal_id, line, line_count, organization_id, recorded_at, account_id, currency, side,
        amount, version, balance_after, chain_hash
    )
    SELECT
        made.journal_id, made.line, made.line_count, made.organization_id, made.recorded_at,
        made.account_id, made.currency, made.side, made.amount, made.version, made.balance_after,
        CASE WHEN made.version = write_journals.versions[made.slot] THEN
            sha256(write_journals.chains[made.slot])
        END
    FROM ROWS FROM (unnest(write_journals.entries), unnest(write_journals.slots)) AS made (
        journal_id, line, line_count, organization_id, recorded_at, account_id, currency, side,
        amount, version, balance_after, chain_hash, slot
    );
END
$function$;

COMMENT ON FUNCTION ledger.write_journals(
    ledger.journals[], ledger.entries[], integer[], bigint[], bytea[]
)
IS $comment$Insert journals with their entries.

The last entry of each account carries the hash of its chain. slots say of each entry at which place of versions and chains its account is: with which version it ends,
and what the hash is over.
Private to insert_journals().

Raises
  23505  a key, or a reversal, was used meanwhile or is here twice$comment$;

COMMIT;
