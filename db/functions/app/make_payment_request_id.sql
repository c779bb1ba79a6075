-- Deploy pgtill:functions/app/make_payment_request_id to pg
-- requires: schemas/app

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.make_payment_request_id()
RETURNS text
LANGUAGE sql
VOLATILE
PARALLEL SAFE
BEGIN ATOMIC
    -- Time first: new rows meet on the same index pages. With random ids each row would touch a
    -- page of its own in every index, and after each checkpoint write that whole page to the log.
    SELECT
        'pr_'
        || lpad(to_hex((extract(EPOCH FROM clock_timestamp()) * 1000)::bigint), 12, '0')
        || encode(substring(uuid_send(gen_random_uuid()) FOR 6), 'hex');
END;

COMMENT ON FUNCTION app.make_payment_request_id()
IS 'Make an id: pr_, the milliseconds since 1970 in 12 hex digits, 12 random hex digits.';

COMMIT;
