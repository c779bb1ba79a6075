-- Deploy pgtill:tables/app/networks to pg
-- requires: schemas/app

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE app.networks (
    chain text NOT NULL,
    network text NOT NULL,
    chain_id bigint,
    is_mainnet boolean NOT NULL,
    is_allowed boolean NOT NULL DEFAULT FALSE,

    CONSTRAINT networks_pk PRIMARY KEY (chain, network),
    CONSTRAINT networks_chain_shape CHECK (chain ~ '^[a-z0-9_-]{1,32}$'),
    CONSTRAINT networks_network_shape CHECK (network ~ '^[a-z0-9_-]{1,32}$'),
    CONSTRAINT networks_chain_id_positive CHECK (chain_id > 0),
    CONSTRAINT networks_chain_id_only_on_ethereum
    CHECK ((chain = 'ethereum') = (chain_id IS NOT NULL)),
    -- What foreign keys of other tables point at.
    CONSTRAINT networks_is_allowed_unique UNIQUE (is_allowed, chain, network),
    CONSTRAINT networks_chain_id_unique UNIQUE (chain, network, chain_id)
);

COMMENT ON TABLE app.networks
IS 'The networks this release knows. Wallet accounts stand only on allowed ones.';
COMMENT ON COLUMN app.networks.chain
IS 'bitcoin or ethereum.';
COMMENT ON COLUMN app.networks.network
IS 'Name of the network on its chain, such as regtest.';
COMMENT ON COLUMN app.networks.chain_id
IS 'EIP-155 chain id; NULL on chains that have none.';
COMMENT ON COLUMN app.networks.is_mainnet
IS 'Whether its coins are money. Allowed only by set_mainnet_override().';
COMMENT ON COLUMN app.networks.is_allowed
IS 'Whether wallet accounts may stand on it; cannot be taken back while one does.';

COMMIT;
