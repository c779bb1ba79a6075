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
+ CASE sign(fee_of.amount * fee_of.fee_rate - floor(fee_of.amount * fee_of.fee_rate) - 0.5)
    WHEN 1 THEN 1
    -- Just between: to the even one.
    WHEN 0 THEN abs(floor(fee_of.amount * fee_of.fee_rate) % 2)
    ELSE 0
END;

COMMENT ON FUNCTION ledger.fee_of(numeric, numeric)
IS 'The fee of an amount in the smallest unit, half-even: 2.9 % of 5000 is 145.';

COMMIT;
