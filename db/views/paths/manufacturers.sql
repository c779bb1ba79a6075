-- Deploy pgtill:views/paths/manufacturers to pg
-- requires: tables/paths/manufacturer_registry
-- requires: tables/identity/organizations

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE VIEW paths.manufacturers AS

SELECT
    manufacturer.wallet_version,
    manufacturer.manufacturer_index,
    manufacturer.manufacturer_name,
    organization.public_id AS organization_id,
    manufacturer.status,
    manufacturer.public_key,
    manufacturer.key_delegation_level,
    manufacturer.transferred_from_wallet
FROM paths.manufacturer_registry AS manufacturer
LEFT JOIN identity.organizations AS organization
    ON manufacturer.organization_id = organization.id;

COMMENT ON VIEW paths.manufacturers
IS 'Manufacturers of all organizations, for who runs or audits the registry.';
COMMENT ON COLUMN paths.manufacturers.wallet_version IS 'The wallet.';
COMMENT ON COLUMN paths.manufacturers.manufacturer_index IS 'Its index in it.';
COMMENT ON COLUMN paths.manufacturers.manufacturer_name IS 'Its name.';
COMMENT ON COLUMN paths.manufacturers.organization_id IS 'Whose it is; NULL only for Plings.';
COMMENT ON COLUMN paths.manufacturers.status IS 'active, suspended, transferring or retired.';
COMMENT ON COLUMN paths.manufacturers.public_key IS 'Its Ed25519 public key in Base58, or NULL.';
COMMENT ON COLUMN paths.manufacturers.key_delegation_level IS 'What that key may sign.';
COMMENT ON COLUMN paths.manufacturers.transferred_from_wallet
IS 'The wallet that it was transferred from, or NULL.';

GRANT SELECT ON paths.manufacturers TO pgtill_operator, pgtill_auditor;

COMMIT;
