-- Deploy pgtill:functions/ledger/fee_of to pg
-- requires: schemas/ledger

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.fee_of(amount numeric, fee_rate numeric)
RETURNS numeric
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
RETURN floor(fee_of.amount * fee_of.fee_rate)
+ CASE
    WHEN fee_of.amount * fee_of.fee_rate % 1 > 0.5 THEN 1
    -- Just between: to the even one.
    WHEN fee_of.amount * fee_of.fee_rate % 1 = 0.5 THEN floor(fee_of.amount * fee_of.fee_rate) % 2
    ELSE 0
END;

COMMENT ON FUNCTION ledger.fee_of(numeric, numeric)
IS 'The fee of an amount in the smallest unit, half-even: 2.9 % of 5000 is 145.';

COMMIT;
