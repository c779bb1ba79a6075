-- Deploy pgtill:tables/app/address_schemes to pg
-- requires: schemas/app

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE app.address_schemes (
    chain text NOT NULL,
    address_scheme text NOT NULL,

    CONSTRAINT address_schemes_pk PRIMARY KEY (chain, address_scheme)
);

COMMENT ON TABLE app.address_schemes
IS 'Which ways of making an address are allowed on which chain.';
COMMENT ON COLUMN app.address_schemes.chain
IS 'bitcoin or ethereum.';
COMMENT ON COLUMN app.address_schemes.address_scheme
IS 'bip84_p2wpkh (BIP84, BIP173) or evm_bip44 (BIP44, EIP-55).';

COMMIT;
