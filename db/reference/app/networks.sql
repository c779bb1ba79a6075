-- Deploy pgtill:reference/app/networks to pg
-- requires: tables/app/networks

BEGIN;

SET LOCAL ROLE pgtill_owner;

INSERT INTO app.networks (chain, network, chain_id, is_mainnet, is_allowed)
VALUES
('bitcoin', 'mainnet', NULL, TRUE, FALSE),
('bitcoin', 'regtest', NULL, FALSE, TRUE),
('bitcoin', 'testnet', NULL, FALSE, TRUE),
('ethereum', 'mainnet', 1, TRUE, FALSE),
('ethereum', 'sepolia', 11155111, FALSE, TRUE)
ON CONFLICT ON CONSTRAINT networks_pk DO NOTHING;

COMMIT;
