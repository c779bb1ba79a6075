-- Deploy pgtill:views/paths/transfer_overview to pg
-- requires: tables/paths/transfers

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE VIEW paths.transfer_overview AS

SELECT
    transfer.id AS place,
    transfer.public_id AS transfer_id,
    transfer.scope,
    manufacturer.manufacturer_name,
    transfer.source_wallet,
    transfer.source_index,
    transfer.target_wallet,
    transfer.target_index,
    transfer.base_path,
    transfer.status,
    transfer.paths_moved,
    transfer.paths_total,
    transfer.completion_percentage,
    transfer.assignment_reason,
    transfer.opened_at,
    transfer.completed_at
FROM paths.transfers AS transfer
INNER JOIN paths.manufacturer_registry AS manufacturer
    ON
        transfer.source_wallet = manufacturer.wallet_version
        AND transfer.source_index = manufacturer.manufacturer_index;

COMMENT ON VIEW paths.transfer_overview
IS 'Transfers of all organizations, for who runs or audits the registry.';
COMMENT ON COLUMN paths.transfer_overview.place IS 'In which order they were opened.';
COMMENT ON COLUMN paths.transfer_overview.transfer_id IS 'Its id outside.';
COMMENT ON COLUMN paths.transfer_overview.scope IS 'manufacturer or path.';
COMMENT ON COLUMN paths.transfer_overview.manufacturer_name IS 'Who moves, or whose path.';
COMMENT ON COLUMN paths.transfer_overview.source_wallet IS 'The wallet it leaves.';
COMMENT ON COLUMN paths.transfer_overview.source_index IS 'The manufacturer''s index there.';
COMMENT ON COLUMN paths.transfer_overview.target_wallet IS 'The wallet it goes to.';
COMMENT ON COLUMN paths.transfer_overview.target_index IS 'The manufacturer''s index there.';
COMMENT ON COLUMN paths.transfer_overview.base_path IS 'The path, where one is moved, else NULL.';
COMMENT ON COLUMN paths.transfer_overview.status IS 'transferring or transferred.';
COMMENT ON COLUMN paths.transfer_overview.paths_moved IS 'Paths moved so far.';
COMMENT ON COLUMN paths.transfer_overview.paths_total IS 'Paths to move.';
COMMENT ON COLUMN paths.transfer_overview.completion_percentage IS '0 to 100.';
COMMENT ON COLUMN paths.transfer_overview.assignment_reason IS 'Why.';
COMMENT ON COLUMN paths.transfer_overview.opened_at IS 'When it was opened.';
COMMENT ON COLUMN paths.transfer_overview.completed_at
IS 'When the last path had been moved, or NULL.';

GRANT SELECT ON paths.transfer_overview TO pgtill_operator, pgtill_auditor;

COMMIT;
