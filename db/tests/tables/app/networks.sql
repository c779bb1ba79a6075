-- networks: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table app.networks

SELECT plan(25);

SELECT
    results_eq(
        $$
        SELECT place.chain, place.network, place.chain_id, place.is_mainnet, place.is_allowed
        FROM app.networks AS place
        ORDER BY place.chain, place.network
        $$,
        $$
        VALUES
        ('bitcoin', 'mainnet', NULL::bigint, TRUE, FALSE),
        ('bitcoin', 'regtest', NULL, FALSE, TRUE),
        ('bitcoin', 'testnet', NULL, FALSE, TRUE),
        ('ethereum', 'mainnet', 1, TRUE, FALSE),
        ('ethereum', 'sepolia', 11155111, FALSE, TRUE)
        $$,
        'this release: test networks allowed, mainnets not'
    );

CREATE TEMPORARY TABLE good AS
SELECT
    nth,
    jsonb_build_object(
        'chain', 'ethereum', 'network', 'net' || nth, 'chain_id', nth, 'is_mainnet', FALSE
    ) AS fields
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE refused (rule, fields) AS
VALUES
('networks_pk', '{"network": "net1"}'::jsonb),
('networks_chain_shape', '{"chain": "Bitcoin", "chain_id": null}'),
('networks_chain_shape', '{"chain": "", "chain_id": null}'),
('networks_network_shape', '{"network": "main net"}'),
('networks_network_shape', jsonb_build_object('network', repeat('x', 33))),
('networks_chain_id_positive', '{"chain_id": 0}'),
('networks_chain_id_positive', '{"chain_id": -1}'),
('networks_chain_id_only_on_ethereum', '{"chain_id": null}'),
('networks_chain_id_only_on_ethereum', '{"chain": "bitcoin"}');

\ir ../../support/refusals.psql

SELECT
    throws_ok(
        'UPDATE app.networks SET is_allowed = FALSE WHERE network = ''regtest''',
        '23503',
        'update or delete on table "networks" violates foreign key constraint'
        ' "wallet_accounts_network_allowed_fk"'
        ' on table "wallet_accounts"',
        'a network is not forbidden under an account'
    );
SELECT
    throws_ok(
        'UPDATE app.networks SET chain_id = 5 WHERE network = ''sepolia''',
        '23503',
        'update or delete on table "networks" violates foreign key constraint'
        ' "asset_catalog_chain_id_fk"'
        ' on table "asset_catalog"',
        'the chain id of a network with assets does not change'
    );
SELECT
    throws_ok(
        'DELETE FROM app.networks WHERE network = ''sepolia''',
        '23503',
        'update or delete on table "networks" violates foreign key constraint'
        ' "wallet_accounts_network_allowed_fk"'
        ' on table "wallet_accounts"',
        'a network with accounts is not removed'
    );

SELECT * FROM finish();
ROLLBACK;
