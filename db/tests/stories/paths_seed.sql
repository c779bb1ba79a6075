-- The queries and scenarios of the document that this area is built from, run as they stand but for
-- names: base_path, transferred, and where two of its pages differ, those of the table definitions.
\ir ../support/begin.psql

SELECT plan(24);

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_service;

-- Scenario 1: the same path in two wallets. Scenario 2: a parent and its child in one.

SELECT count(made.answer) AS registered
FROM paths.register_manufacturer(
    given.organization_id('ikea'), given.user_id('ann'), 'home', given.digest('home'), 2, 'IKEA'
) AS made \gset

SELECT
    results_eq(
        $$
        SELECT answer.outcome FROM paths.allocate_paths(
            jsonb_build_array(
                given.path_order('2.2.2.2.2', 'w1'),
                given.path_order('2.2.2.2.2', 'w2', '{"wallet_version": 2}'),
                given.path_order('2.5.2.2', 'parent'),
                given.path_order('2.5.2.2.2', 'child'),
                given.path_order('2.3.4.5.10', 'worked', '{"quantity": 100, "purpose": "BILLY"}')
            )
        ) AS answer
        $$,
        $$
        VALUES
        ('allocated'), ('allocated'), ('allocated'), ('path_below_allocation'), ('allocated')
        $$,
        'the same path in two wallets is well, a child of a path is refused'
    );

RESET ROLE;

SELECT
    throws_ok(
        $$
        INSERT INTO paths.path_nodes (wallet_version, base_path, parent_path, component, kind)
        VALUES (1, '2.5.2.2.2', '2.5.2.2', 2, 'allocated')
        $$,
        '23503',
        'insert or update on table "path_nodes" violates foreign key constraint'
        ' "path_nodes_parent_fk"',
        'by a constraint, whoever tries'
    );

-- Its queries

SELECT
    results_eq(
        $$ SELECT version_id, version_name FROM paths.wallet_versions WHERE is_default = true $$,
        $$ VALUES (1, 'v1') $$,
        'get default wallet'
    );
SELECT
    results_eq(
        $$
        SELECT hd_derivation_prefix, allocated_range_start, allocated_range_end
        FROM paths.path_registry
        WHERE wallet_version = 1 AND base_path = '2.3.4.5.10'
        $$,
        $$ VALUES ('m/44''/501''/1''/2''/3''/4''/5''/10''', 1, 100::bigint) $$,
        'its worked row'
    );
SELECT
    results_eq(
        $$
        SELECT NOT EXISTS (
            SELECT 1 FROM paths.path_registry
            WHERE wallet_version = 1 AND base_path = '2.3.4.5.10'
        ) AS is_available
        $$,
        $$ SELECT told.is_available FROM paths.check_availability(1, '2.3.4.5.10') AS told $$,
        'check if base path is available: whatever its status'
    );
SELECT
    results_eq(
        $$
        SELECT base_path, quantity FROM paths.path_registry
        WHERE wallet_version = 1 AND base_path LIKE '2.3.4.5.%' AND status = 'active'
        $$,
        $$ VALUES ('2.3.4.5.10' COLLATE "C", 100) $$,
        'find path range conflicts'
    );
SELECT
    results_eq(
        $$
        SELECT allocation_type, COUNT(*) AS allocations, SUM(quantity) AS total_instances
        FROM paths.path_registry
        WHERE wallet_version = 1 AND status = 'active'
        GROUP BY allocation_type
        $$,
        $$ VALUES ('production', 3::bigint, 102::bigint) $$,
        'get allocation statistics'
    );
SELECT
    results_eq(
        $$
        SELECT w.version_name, w.status AS wallet_status, om.role
        FROM paths.wallet_versions w
        CROSS JOIN identity.organization_members om
        WHERE w.version_id = 1
            AND om.user_id = (SELECT id FROM identity.users WHERE public_id = given.user_id('ann'))
            AND om.organization_id = given.organization_id('ikea')
            AND om.role IN ('owner', 'admin')
            AND w.status = 'active'
        $$,
        $$ VALUES ('v1', 'active', 'owner') $$,
        'check if user can allocate'
    );

SELECT
    results_eq(
        $$
        SELECT version_id, version_name FROM paths.wallet_versions
        WHERE status = 'active' AND environment = 'production'
        ORDER BY version_id
        $$,
        $$ VALUES (1, 'v1'), (2, 'v2') $$,
        'list active wallets by environment'
    );
SELECT
    results_eq(
        $$ SELECT version_id FROM paths.wallet_versions WHERE version_name = 'v2' $$,
        $$ VALUES (2) $$,
        'get wallet for specific version'
    );
SELECT
    results_eq(
        $$
        SELECT base_path, quantity, allocated_range_start, allocated_range_end, purpose
        FROM paths.path_registry
        WHERE wallet_version = 1 AND status = 'active'
        ORDER BY allocated_at DESC, base_path
        $$,
        $$
        VALUES
        ('2.2.2.2.2' COLLATE "C", 1, 1, 1::bigint, NULL),
        ('2.3.4.5.10', 100, 1, 100, 'BILLY'),
        ('2.5.2.2', 1, 1, 1, NULL)
        $$,
        'get all allocations for a wallet'
    );
SELECT
    results_eq(
        $$
        SELECT manufacturer_name FROM paths.manufacturer_registry
        WHERE wallet_version = 1 AND manufacturer_index = 2
        $$,
        $$ VALUES ('IKEA') $$,
        'get manufacturer by index in specific wallet'
    );
SELECT
    results_eq(
        $$
        SELECT p.wallet_version, w.version_name, p.base_path, p.status, o.name AS org_name
        FROM paths.path_registry p
        JOIN paths.wallet_versions w ON p.wallet_version = w.version_id
        JOIN paths.manufacturer_registry m
            ON m.wallet_version = p.wallet_version AND m.manufacturer_index = p.manufacturer_index
        JOIN identity.organizations o ON m.organization_id = o.id
        WHERE o.id = given.organization_id('ikea')
        ORDER BY p.wallet_version, p.base_path
        $$,
        $$
        VALUES
        (1, 'v1', '2.2.2.2.2' COLLATE "C", 'active', 'ikea'),
        (1, 'v1', '2.3.4.5.10', 'active', 'ikea'),
        (1, 'v1', '2.5.2.2', 'active', 'ikea'),
        (2, 'v2', '2.2.2.2.2', 'active', 'ikea')
        $$,
        'paths can exist across multiple wallets for same organization'
    );
SELECT
    results_eq(
        $$
        SELECT version_id, total_paths, total_identifiers, active_manufacturers
        FROM paths.wallet_usage_stats
        ORDER BY version_id
        $$,
        $$ VALUES (1, 3::bigint, 102::bigint, 3::bigint), (2, 1, 1, 1) $$,
        'wallet statistics, each count alone'
    );

-- What its example path means

INSERT INTO paths.manufacturer_path_schemas (
    wallet_version, manufacturer_index, path_level, level_name
)
VALUES (1, 2, 3, 'category'), (1, 2, 4, 'subcategory'), (1, 2, 999, 'class');
INSERT INTO paths.path_level_values (
    wallet_version, manufacturer_index, path_level, level_value, value_name
)
VALUES
(1, 2, 3, 4, 'Furniture'), (1, 2, 4, 5, 'Bookcases'), (1, 2, 999, 127, 'BILLY White 80x28x202');

SELECT
    results_eq(
        $$
        SELECT ps.path_level, ps.level_name, ps.is_required
        FROM paths.manufacturer_path_schemas ps
        WHERE ps.wallet_version = 1 AND ps.manufacturer_index = 2
        ORDER BY ps.path_level
        $$,
        $$ VALUES (3, 'category', TRUE), (4, 'subcategory', TRUE), (999, 'class', TRUE) $$,
        'get complete path schema for a manufacturer'
    );
SELECT
    results_eq(
        $$
        WITH path_components AS (
            SELECT 1 AS wallet_version, 2 AS manufacturer_index, 4 AS category_value,
                5 AS subcategory_value, 127 AS class_value
        )
        SELECT pv.path_level AS level, pv.value_name
        FROM path_components pc
        JOIN paths.path_level_values pv
            ON pc.wallet_version = pv.wallet_version
            AND pc.manufacturer_index = pv.manufacturer_index
            AND (pv.path_level, pv.level_value) IN (
                (3, pc.category_value), (4, pc.subcategory_value), (999, pc.class_value)
            )
        ORDER BY level
        $$,
        $$ VALUES (3, 'Furniture'), (4, 'Bookcases'), (999, 'BILLY White 80x28x202') $$,
        'decode a complete path to human-readable format'
    );
SELECT
    results_eq(
        $$
        SELECT plv.level_value, plv.value_name
        FROM paths.path_level_values plv
        WHERE plv.wallet_version = 1 AND plv.manufacturer_index = 2
            AND plv.path_level = 4 AND plv.is_active = true
        ORDER BY plv.value_name
        $$,
        $$ VALUES (5, 'Bookcases') $$,
        'find all products in a category'
    );

-- Its incident: mark compromised, create the new wallet, move Plings, update the lineage

SET LOCAL ROLE pgtill_service;

SELECT count(made.answer) AS responded
FROM paths.respond_to_key_compromise(
    given.organization_id('ikea'), given.user_id('sue'), 'inc', given.digest('inc'), 1,
    'Post-compromise wallet', 'plings_master_key_v3'
) AS made \gset
SELECT listed.transfer_id AS transfer
FROM paths.list_transfers(NULL, given.user_id('sue'), NULL, 1, TRUE) AS listed \gset
SELECT count(step) AS steps
FROM paths.continue_transfer(NULL, given.user_id('sue'), :'transfer', 100) AS step \gset

RESET ROLE;

SELECT
    results_eq(
        $$
        SELECT
            ml.canonical_name, ml.predecessor_wallet, ml.current_wallet_version,
            ml.assignment_reason, w1.version_name AS from_wallet, w2.version_name AS to_wallet
        FROM paths.manufacturer_lineage ml
        LEFT JOIN paths.wallet_versions w1 ON ml.predecessor_wallet = w1.version_id
        JOIN paths.wallet_versions w2 ON ml.current_wallet_version = w2.version_id
        WHERE ml.canonical_name = 'IKEA'
        ORDER BY ml.assignment_date, ml.id
        $$,
        $$
        VALUES
        ('IKEA', NULL, 1, 'initial_setup', NULL, 'v1'),
        ('IKEA', NULL, 2, 'environment_separation', NULL, 'v2'),
        ('IKEA', 1, 3, 'key_compromise', 'v1', 'v3')
        $$,
        'complete migration history for manufacturer'
    );
SELECT
    results_eq(
        $$
        SELECT p1.base_path, p1.wallet_version, p1.transferred_to_wallet, p2.status
        FROM paths.path_registry p1
        LEFT JOIN paths.path_registry p2
            ON p1.transferred_to_wallet = p2.wallet_version AND p1.base_path = p2.base_path
        WHERE p1.status = 'transferred'
        ORDER BY p1.base_path
        $$,
        $$
        VALUES
        ('2.2.2.2.2' COLLATE "C", 1, 3, 'active'),
        ('2.3.4.5.10', 1, 3, 'active'),
        ('2.5.2.2', 1, 3, 'active')
        $$,
        'track path migrations during wallet transition'
    );
SELECT
    results_eq(
        $$
        SELECT manufacturer_index, status FROM paths.manufacturer_registry
        WHERE manufacturer_name = 'Plings' AND status = 'active'
        ORDER BY wallet_version DESC
        LIMIT 1
        $$,
        $$ VALUES (1, 'active') $$,
        'find current wallet for manufacturer: Plings is 1'
    );
SELECT
    results_eq(
        $$
        SELECT 'path_allocation' AS operation, pr.wallet_version, pr.base_path, u.email, pr.purpose
        FROM paths.path_registry pr
        JOIN paths.manufacturer_registry mr
            ON mr.wallet_version = pr.wallet_version
            AND mr.manufacturer_index = pr.manufacturer_index
        JOIN identity.users u ON pr.allocated_by = u.id
        WHERE mr.manufacturer_name = 'IKEA' AND pr.purpose IS NOT NULL
        ORDER BY pr.wallet_version
        $$,
        $$
        VALUES
        ('path_allocation', 1, '2.3.4.5.10' COLLATE "C", 'ann@example.org', 'BILLY'),
        ('path_allocation', 3, '2.3.4.5.10', 'ann@example.org', 'BILLY')
        $$,
        'complete audit trail across wallets'
    );
SELECT
    results_eq(
        $$
        SELECT
            'manufacturer_registration' AS operation, mr.wallet_version, mr.manufacturer_name,
            u.email AS operator, concat('Index: ', mr.manufacturer_index) AS details
        FROM paths.manufacturer_registry mr
        JOIN paths.wallet_versions wv ON mr.wallet_version = wv.version_id
        JOIN identity.users u ON mr.registered_by = u.id
        WHERE mr.manufacturer_name = 'IKEA'
        ORDER BY mr.wallet_version
        $$,
        $$
        VALUES
        ('manufacturer_registration', 1, 'IKEA', 'ann@example.org', 'Index: 2'),
        ('manufacturer_registration', 2, 'IKEA', 'ann@example.org', 'Index: 2'),
        ('manufacturer_registration', 3, 'IKEA', 'sue@example.org', 'Index: 2')
        $$,
        'its second half: who registered it where'
    );
SELECT
    results_eq(
        $$
        SELECT manufacturer_name, manufacturer_index, status, transferred_from_wallet
        FROM paths.manufacturer_registry
        WHERE wallet_version = 3
        ORDER BY manufacturer_index
        $$,
        $$
        VALUES
        ('Plings', 1, 'active', 1), ('IKEA', 2, 'active', 1), ('Coca-Cola', 3, 'active', 1)
        $$,
        'list all manufacturers in wallet with transfer info'
    );
SELECT is_empty('SELECT anomaly.* FROM paths.anomalies AS anomaly', 'and no anomaly');

SELECT * FROM finish();
ROLLBACK;
