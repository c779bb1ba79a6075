-- Deploy pgtill:functions/paths/record_operation to pg
-- requires: tables/paths/operations

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.record_operation(
    operation text,
    organization_id bigint,
    user_id bigint,
    idempotency_key text,
    request_hash text,
    wallet_version integer,
    subject text,
    answer jsonb
)
RETURNS void
LANGUAGE sql
VOLATILE
BEGIN ATOMIC
    INSERT INTO paths.operations (
        operation, organization_id, user_id, idempotency_key, request_hash,
        wallet_version, subject, answer
    )
    VALUES (
        record_operation.operation,
        record_operation.organization_id,
        record_operation.user_id,
        record_operation.idempotency_key,
        record_operation.request_hash,
        record_operation.wallet_version,
        record_operation.subject,
        record_operation.answer
    );
END;

COMMENT ON FUNCTION paths.record_operation(text, bigint, bigint, text, text, integer, text, jsonb)
IS 'Write an act into the audit, with the key it came with.

Private to the functions of this schema.';

COMMIT;
