-- Deploy pgtill:functions/ledger/account_image to pg
-- requires: tables/ledger/accounts

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.account_image(account ledger.accounts)
RETURNS bytea
LANGUAGE sql
STABLE
PARALLEL SAFE
RETURN record_send(
    row(
        (account).id,
        (account).public_id,
        (account).organization_id,
        (account).name,
        ((account).type)::text,
        (account).currency,
        -- A point that moved makes every amount another one.
        (
            SELECT currency.exponent
            FROM ledger.currencies AS currency
            WHERE currency.code = (account_image.account).currency
        ),
        (account).floor,
        (account).ceiling,
        (account).created_at
    )
);

COMMENT ON FUNCTION ledger.account_image(ledger.accounts)
IS $comment$The bytes that an account's chain begins with: what it is, and never changes.

As of an entry: see entry_image().$comment$;

COMMIT;
