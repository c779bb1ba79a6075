-- Deploy pgtill:functions/wallets/make_wallet_id to pg
-- requires: schemas/wallets

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION wallets.make_wallet_id()
RETURNS text
LANGUAGE sql
VOLATILE
PARALLEL SAFE
BEGIN ATOMIC
    -- Time first: new rows meet on the same index pages; see app.make_payment_request_id().
    SELECT
        'wal_'
        || lpad(to_hex((extract(EPOCH FROM clock_timestamp()) * 1000)::bigint), 12, '0')
        || encode(substring(uuid_send(gen_random_uuid()) FOR 6), 'hex');
END;

COMMENT ON FUNCTION wallets.make_wallet_id()
IS 'Make an id: wal_, the milliseconds since 1970 in 12 hex digits, 12 random hex digits.';

COMMIT;
