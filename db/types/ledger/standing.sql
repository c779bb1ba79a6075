-- Deploy pgtill:types/ledger/standing to pg
-- requires: tables/ledger/accounts

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TYPE ledger.standing AS (
    moment timestamptz,
    names text [],
    accounts ledger.accounts []
);

COMMENT ON TYPE ledger.standing
IS $comment$Locked accounts and where they stand, in the order of their ids: see lock_accounts().

Place n of names is the public_id of account n; moment is when what is posted now is recorded.$comment$;

COMMIT;
