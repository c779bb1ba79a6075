-- Deploy pgtill:reference/app/address_schemes to pg
-- requires: tables/app/address_schemes

BEGIN;

SET LOCAL ROLE pgtill_owner;

INSERT INTO app.address_schemes (chain, address_scheme)
VALUES
('bitcoin', 'bip84_p2wpkh'),
('ethereum', 'evm_bip44')
ON CONFLICT ON CONSTRAINT address_schemes_pk DO NOTHING;

COMMIT;
