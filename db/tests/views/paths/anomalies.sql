-- paths.anomalies: empty while all is well; each rule is broken once, past the constraints.
\ir ../../support/begin.psql

SELECT plan(13);

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_service;

SELECT count(made) AS made FROM given.allocate_paths('2.3.4', '2.5', '2.6') AS made \gset
SELECT moved.answer ->> 'id' AS transfer
FROM paths.transfer_manufacturer(
    given.organization_id('ikea'), given.user_id('ann'), 'k', given.digest('k'), 1, 2, 2,
    'security_upgrade'
) AS moved \gset
SELECT count(step) AS steps
FROM paths.continue_transfer(
    given.organization_id('ikea'), given.user_id('ann'), :'transfer', 2
) AS step \gset

SET LOCAL ROLE pgtill_auditor;

SELECT is_empty('SELECT anomaly.* FROM paths.anomalies AS anomaly', 'all is well');

RESET ROLE;

-- As if every constraint and trigger had been switched off.
SET LOCAL session_replication_role = replica;
ALTER TABLE paths.path_registry DISABLE TRIGGER ALL;
ALTER TABLE paths.path_nodes DISABLE TRIGGER ALL;
ALTER TABLE paths.manufacturer_lineage DISABLE TRIGGER ALL;
ALTER TABLE paths.wallet_versions DISABLE TRIGGER ALL;

-- Carries statements out, answers the rules that are broken then, and takes them back.
CREATE FUNCTION pg_temp.broken_after(statements text)
RETURNS text
LANGUAGE plpgsql
AS $function$
DECLARE
    _found text;
BEGIN
    BEGIN
        EXECUTE statements;
        SELECT string_agg(DISTINCT anomaly.rule, ' ' ORDER BY anomaly.rule)
        INTO _found
        FROM paths.anomalies AS anomaly;
        RAISE EXCEPTION 'take it back' USING ERRCODE = 'T0000';
    EXCEPTION WHEN SQLSTATE 'T0000' THEN
        RETURN _found;
    END;
END
$function$;

SELECT
    is(
        pg_temp.broken_after(attempt.statements), attempt.found, attempt.description
    )
FROM (
    VALUES
    (
        $$
        INSERT INTO paths.path_nodes (wallet_version, base_path, parent_path, component, kind)
        VALUES (1, '2.5.1', '2.5', 1, 'allocated');
        INSERT INTO paths.path_registry (wallet_version, base_path, quantity, allocated_by, allocated_at)
        SELECT 1, '2.5.1', 1, path.allocated_by, now() - interval '1 year'
        FROM paths.path_registry AS path
        LIMIT 1
        $$,
        'node_without_branch paths_overlap', 'a path below a path'
    ),
    (
        $$
        ALTER TABLE paths.path_registry DROP CONSTRAINT path_registry_transferred_to_fk;
        ALTER TABLE paths.path_registry DROP CONSTRAINT path_registry_pk;
        INSERT INTO paths.path_registry (wallet_version, base_path, quantity, allocated_by, allocated_at)
        SELECT 1, '2.6', 1, path.allocated_by, now() - interval '1 year'
        FROM paths.path_registry AS path
        LIMIT 1
        $$,
        'path_twice', 'a path twice'
    ),
    (
        $$
        INSERT INTO paths.path_nodes (wallet_version, base_path, parent_path, component, kind)
        VALUES (1, '3.1', '3', 1, 'allocated')
        $$,
        'node_is_not_its_path', 'a name that nobody has'
    ),
    (
        $$
        UPDATE paths.path_nodes SET kind = 'branch' WHERE base_path = '2.6' AND wallet_version = 1
        $$,
        'node_is_not_its_path', 'a path whose name is a branch'
    ),
    (
        $$ DELETE FROM paths.path_nodes WHERE base_path = '2.3' AND wallet_version = 1 $$,
        'node_without_branch', 'a gap on the way to a path'
    ),
    (
        $$ UPDATE paths.wallet_versions SET is_default = FALSE $$,
        'not_one_default', 'no default'
    ),
    (
        $$ UPDATE paths.wallet_versions SET current_daily_allocations = 2 WHERE version_id = 1 $$,
        'count_of_the_day_is_wrong', 'a path that was not counted'
    ),
    (
        $$ DELETE FROM paths.manufacturer_lineage WHERE canonical_name = 'Coca-Cola' $$,
        'manufacturer_without_lineage', 'a manufacturer that came from nowhere'
    ),
    (
        $$
        UPDATE paths.manufacturer_lineage SET status = 'completed'
        WHERE canonical_name = 'Coca-Cola'
        $$,
        'name_is_not_at_one_place', 'a name that is nowhere'
    ),
    (
        $$ UPDATE paths.transfers SET paths_moved = 1 $$,
        'transfer_miscounted', 'a transfer that forgot a path'
    ),
    (
        $$
        UPDATE paths.path_registry SET purpose = 'other'
        WHERE wallet_version = 2 AND base_path = '2.5'
        $$,
        'transferred_unlike_its_origin', 'a path that changed on the way'
    ),
    (
        $$ SELECT 1 $$, NULL, 'all taken back: all is well'
    )
) AS attempt (statements, found, description);

SELECT * FROM finish();
ROLLBACK;
