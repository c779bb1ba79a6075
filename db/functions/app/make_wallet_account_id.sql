-- Deploy pgtill:functions/app/make_wallet_account_id to pg
-- requires: schemas/app

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.make_wallet_account_id(
    chain text,
    network text,
    key_material_hash text
)
RETURNS text
LANGUAGE sql
VOLATILE
BEGIN ATOMIC
    SELECT
        format(
            'wa_%s_%s_%s_%s_%s',
            make_wallet_account_id.chain,
            make_wallet_account_id.network,
            left(make_wallet_account_id.key_material_hash, 12),
            lpad(floor(random() * 1000000)::text, 6, '0'),
            to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISS')
        );
END;

COMMENT ON FUNCTION app.make_wallet_account_id(text, text, text)
IS 'Make an id: wa_<chain>_<network>_<12 digits of the hash>_<6 random digits>_<YYYYMMDDhhmmss>.';

COMMIT;
