-- Deploy pgtill:functions/ledger/begin_chain to pg
-- requires: functions/ledger/account_image

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.begin_chain()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
AS $function$
BEGIN
    new.chain_hash := sha256(ledger.account_image(new));
    RETURN new;
END
$function$;

COMMENT ON FUNCTION ledger.begin_chain()
IS $comment$Trigger: the chain of a new account begins with what the account is, whoever opens it.

Its name, its limits, its currency and where that has its point are then as hard to change as an entry.$comment$;

-- One with entries comes from a copy of the books, and brings its hash.
CREATE OR REPLACE TRIGGER accounts_begin_chain
BEFORE INSERT ON ledger.accounts
FOR EACH ROW
WHEN (new.version = 0)
EXECUTE FUNCTION ledger.begin_chain();

ALTER TABLE ledger.accounts ENABLE ALWAYS TRIGGER accounts_begin_chain;

COMMIT;
