-- Deploy pgtill:tables/ledger/currencies to pg
-- requires: schemas/ledger

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE ledger.currencies (
    code text COLLATE "C" NOT NULL,
    exponent integer NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,

    CONSTRAINT currencies_pk PRIMARY KEY (code),
    CONSTRAINT currencies_code_shape CHECK (code ~ '^[A-Z][A-Z0-9]*$' AND length(code) <= 16),
    CONSTRAINT currencies_exponent_range CHECK (exponent BETWEEN 0 AND 30),
    CONSTRAINT currencies_name_length CHECK (length(name) BETWEEN 1 AND 100),
    CONSTRAINT currencies_kind_known CHECK (kind IN ('iso4217', 'asset'))
);

COMMENT ON TABLE ledger.currencies
IS 'What books are kept in: ISO 4217 and the assets of the catalog. Never changed, only added to.';
COMMENT ON COLUMN ledger.currencies.code
IS 'Letters of ISO 4217 or of the asset, whole: USDT is not USD.';
COMMENT ON COLUMN ledger.currencies.exponent
IS 'How many decimals the smallest unit has: JPY 0, USD 2, BHD 3, BTC 8, ETH 18.';
COMMENT ON COLUMN ledger.currencies.name
IS 'Name for people.';
COMMENT ON COLUMN ledger.currencies.kind
IS 'iso4217, or asset (of app.asset_catalog).';

COMMIT;
