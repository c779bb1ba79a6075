-- Revert pgtill:functions/paths/refuse_history_change from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TRIGGER path_nodes_append_only ON paths.path_nodes;
DROP TRIGGER allocators_append_only ON paths.allocators;
DROP TRIGGER operations_append_only ON paths.operations;
DROP TRIGGER cross_wallet_verifications_append_only ON paths.cross_wallet_verifications;
DROP TRIGGER path_registry_never_removed ON paths.path_registry;
DROP TRIGGER manufacturer_lineage_never_removed ON paths.manufacturer_lineage;
DROP TRIGGER transfers_never_removed ON paths.transfers;
DROP TRIGGER incidents_never_removed ON paths.incidents;
DROP TRIGGER proposals_never_removed ON paths.proposals;
DROP TRIGGER manufacturer_registry_never_removed ON paths.manufacturer_registry;

DROP FUNCTION paths.refuse_history_change();

COMMIT;
