-- Deploy pgtill:functions/app/catalog_violations to pg
-- requires: functions/app/configuration_violations
-- requires: functions/app/constraint_violations

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.catalog_violations(
    keysets jsonb,
    address_schemes jsonb,
    allow_mainnet boolean
)
RETURNS TABLE (rule text, subject text, remedy text)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT
        lacking.rule,
        lacking.subject,
        lacking.remedy
    FROM
        app.configuration_violations(
            catalog_violations.keysets,
            catalog_violations.address_schemes,
            catalog_violations.allow_mainnet
        ) AS lacking

    UNION ALL

    SELECT
        broken.rule,
        broken.subject,
        broken.remedy
    FROM app.constraint_violations() AS broken
    ORDER BY subject, rule;
END;

COMMENT ON FUNCTION app.catalog_violations(jsonb, jsonb, boolean)
IS
$comment$Answer each reason why an enabled asset must not be served with this configuration.

keysets          [{chain, network, keyset_id, parent_key_digest}, ...] as configured
address_schemes  {chain: [scheme, ...]} as configured
allow_mainnet    whether networks whose coins are money may be served

Reads only; no row is well. Answers rule, the asset (chain/network/asset), and what to do.$comment$;

GRANT EXECUTE ON FUNCTION app.catalog_violations(jsonb, jsonb, boolean)
TO pgtill_service, pgtill_operator;

COMMIT;
