-- Deploy pgtill:functions/ledger/hold_image to pg
-- requires: tables/ledger/hold_endings

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.hold_image(hold ledger.holds, ending ledger.hold_endings)
RETURNS bytea
LANGUAGE sql
STABLE
PARALLEL SAFE
RETURN record_send(
    row(
        (hold).id,
        (hold).public_id,
        (hold).organization_id,
        (hold).idempotency_key,
        (hold).request_hash,
        (hold).debit_account_id,
        (hold).credit_account_id,
        (hold).currency,
        (hold).amount,
        (hold).reason,
        (hold).actor,
        (hold).payment_reference,
        (hold).expires_at,
        (hold).created_at,
        (ending).hold_id,
        (ending).kind,
        (ending).organization_id,
        (ending).idempotency_key,
        (ending).request_hash,
        (ending).actor,
        (ending).recorded_at
    )
);

COMMENT ON FUNCTION ledger.hold_image(ledger.holds, ledger.hold_endings)
IS $comment$The bytes of a hold, or of a hold and its ending, that the chains of its accounts cover.

As of an entry: see entry_image(), which has fewer columns, so that neither can be read as the other.$comment$;

COMMIT;
