-- Deploy pgtill:types/ledger/standing to pg
-- requires: schemas/ledger
-- requires: types/ledger/side

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TYPE ledger.standing AS (
    moment timestamptz,
    names text [],
    owners bigint [],
    ids bigint [],
    currencies text [],
    sides ledger.side [],
    versions bigint [],
    balances numeric [],
    lowest numeric [],
    highest numeric [],
    chains bytea []
);

COMMENT ON TYPE ledger.standing
IS $comment$Locked accounts and where they stand, in the order of their ids: see lock_accounts().

Place n of each array is of one account. lowest and highest are what its balance may not pass, open holds
counted; chains are its chain_hash; moment is when what is posted now is recorded.$comment$;

COMMIT;
