-- Deploy pgtill:reference/app/networks to pg
-- requires: tables/app/networks

BEGIN;

SET LOCAL ROLE pgtill_owner;

INSERT INTO app.networks (chain, network, chain_id, is_mainnet, is_allowed)
VALUES
('bitcoin', 'mainnet', NULL, true, false),
('bitcoin', 'regtest', NULL, false, true),
('bitcoin', 'testnet', NULL, false, true),
('ethereum', 'mainnet', 1, true, false),
('ethereum', 'sepolia', 11155111, false, true)
ON CONFLICT ON CONSTRAINT networks_pk DO NOTHING;

COMMIT;
