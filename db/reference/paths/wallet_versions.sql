-- Deploy pgtill:reference/paths/wallet_versions to pg
-- requires: tables/paths/manufacturer_lineage
-- requires: tables/paths/path_nodes

BEGIN;

SET LOCAL ROLE pgtill_owner;

INSERT INTO paths.wallet_versions (version_id, version_name, master_key_id, description, is_default)
VALUES (1, 'v1', 'plings_master_key_v1', 'Production wallet', TRUE)
ON CONFLICT ON CONSTRAINT wallet_versions_pk DO NOTHING;

INSERT INTO paths.manufacturer_registry (wallet_version, manufacturer_index, manufacturer_name)
VALUES (1, 1, 'Plings')
ON CONFLICT ON CONSTRAINT manufacturer_registry_pk DO NOTHING;

INSERT INTO paths.path_nodes (wallet_version, base_path, component, kind)
VALUES (1, '1', 1, 'branch')
ON CONFLICT ON CONSTRAINT path_nodes_pk DO NOTHING;

INSERT INTO paths.manufacturer_lineage (
    canonical_name, current_wallet_version, current_manufacturer_index, assignment_reason
)
VALUES ('Plings', 1, 1, 'initial_setup')
ON CONFLICT ON CONSTRAINT manufacturer_lineage_place_unique DO NOTHING;

COMMIT;
