-- The queries and scenarios of the document that this area is built from, run as they stand but for
-- names: schemas, base_path, transferred, assignment, and the join for a manufacturer's name.
-- IKEA is 2 everywhere, and the wallet of the incident's successor is 5.
-- Around a query a SELECT takes of its columns what can be foretold, of a time whether it is there.
-- All happens at one time here: what is ordered by time, or not at all, is compared as a bag.
\ir ../support/begin.psql

SELECT plan(32);

SELECT count(given.makers()) AS makers \gset

-- The scenarios exclude each other in one wallet: 2 has a wallet of its own, 3 one to move to.
INSERT INTO paths.wallet_versions (version_id, version_name, master_key_id, environment)
VALUES (3, 'v3', 'plings_test_key_1', 'testing'), (4, 'v4', 'plings_test_key_2', 'testing');

SET LOCAL ROLE pgtill_service;

SELECT count(made.answer) AS registered
FROM generate_series(2, 4) AS home (wallet)
CROSS JOIN LATERAL paths.register_manufacturer(
    given.organization_id('ikea'), given.user_id('ann'), format('home %s', home.wallet),
    given.digest('home'), home.wallet, 'IKEA'
) AS made \gset

-- Scenario 1: the same path in two wallets

SELECT
    results_eq(
        $$
        SELECT answer.outcome FROM paths.allocate_paths(
            jsonb_build_array(
                given.path_order('2.2.2.2.2', 'w1'),
                given.path_order('2.2.2.2.2', 'w2', '{"wallet_version": 2}')
            )
        ) AS answer
        $$,
        $$ VALUES ('allocated'), ('allocated') $$,
        'scenario 1: the same path in two wallets succeeds twice'
    );

-- Scenario 2: a parent and its child in one

SELECT
    results_eq(
        $$
        SELECT answer.outcome, answer.blocking_path FROM paths.allocate_paths(
            jsonb_build_array(
                given.path_order('2.2.2.2', 'parent', '{"wallet_version": 3}'),
                given.path_order('2.2.2.2.2', 'child', '{"wallet_version": 3}')
            )
        ) AS answer
        $$,
        $$ VALUES ('allocated', NULL), ('path_below_allocation', '2.2.2.2') $$,
        'scenario 2: below a path nothing is allocated'
    );

SELECT
    results_eq(
        $$
        SELECT answer.outcome, answer.blocking_path FROM paths.allocate_paths(
            jsonb_build_array(given.path_order('2.2.2.2', 'after scenario 1'))
        ) AS answer
        $$,
        $$ VALUES ('path_has_descendants', '2.2.2.2') $$,
        'in the wallet of scenario 1 its first line fails, too'
    );

RESET ROLE;

SELECT
    throws_ok(
        $$
        INSERT INTO paths.path_registry (wallet_version, base_path, quantity, allocated_by)
        SELECT 3, '2.2.2.2.2', 1, person.id
        FROM identity.users AS person
        WHERE person.public_id = given.user_id('ann')
        $$,
        '23503',
        'insert or update on table "path_registry" violates foreign key constraint'
        ' "path_registry_node_fk"',
        'by a constraint, whoever tries: what is registered is an allocated node'
    );
SELECT
    throws_ok(
        $$
        INSERT INTO paths.path_nodes (wallet_version, base_path, parent_path, component, kind)
        VALUES (3, '2.2.2.2.2', '2.2.2.2', 2, 'allocated')
        $$,
        '23503',
        'insert or update on table "path_nodes" violates foreign key constraint'
        ' "path_nodes_parent_fk"',
        'and the node of a child has no branch to stand on'
    );

-- Scenario 3: a path moves to another wallet

SELECT
    throws_ok(
        $$
        UPDATE paths.path_registry
        SET status = 'transferred', transferred_to_wallet = 2, transferred_at = NOW()
        WHERE wallet_version = 1 AND base_path = '2.2.2.2.2'
        $$,
        'TL202',
        'a path keeps its name, and its status never goes back',
        'scenario 3: one row alone cannot say that it has moved'
    );

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        format(
            $$
            SELECT moved.answer
            FROM paths.transfer_path(%s, 1, '2.2.2.2.2', 2, 'security_upgrade') AS moved
            $$,
            given.caller('to 2')
        ),
        'TL219',
        'path is not free in the target wallet',
        'scenario 3: nor where scenario 1 has put it'
    );
SELECT
    results_eq(
        format(
            $$
            SELECT moved.answer ->> 'status'
            FROM paths.transfer_path(%s, 1, '2.2.2.2.2', 4, 'security_upgrade') AS moved
            $$,
            given.caller('to 4')
        ),
        $$ VALUES ('transferred') $$,
        'scenario 3: to a wallet that does not have it, it moves'
    );

RESET ROLE;

SELECT
    results_eq(
        $$
        SELECT
            seed.wallet_version, seed.status, seed.transferred_to_wallet,
            seed.transferred_at IS NOT NULL
        FROM paths.path_registry AS seed
        WHERE seed.base_path = '2.2.2.2.2' AND seed.wallet_version IN (1, 4)
        ORDER BY seed.wallet_version
        $$,
        $$ VALUES (1, 'transferred', 4, TRUE), (4, 'active', NULL, FALSE) $$,
        'scenario 3: both sides say so'
    );

-- Its queries

SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        $$
        SELECT answer.outcome FROM paths.allocate_paths(
            jsonb_build_array(
                given.path_order('2.3.4.5.10', 'worked', '{"quantity": 100, "purpose": "BILLY"}'),
                given.path_order(
                    '2.3.4.5.11', 'tried', '{"quantity": 20, "allocation_type": "test"}'
                )
            )
        ) AS answer
        $$,
        $$ VALUES ('allocated'), ('allocated') $$,
        'two more paths to ask for'
    );

RESET ROLE;

SELECT
    results_eq(
        $$
        SELECT seed.version_id, seed.version_name
        FROM (SELECT * FROM paths.wallet_versions WHERE is_default = true) AS seed
        $$,
        $$ VALUES (1, 'v1') $$,
        'get default wallet'
    );
SELECT
    results_eq(
        $$
        SELECT seed.version_id, seed.version_name
        FROM (
            SELECT * FROM paths.wallet_versions
            WHERE status = 'active' AND environment = 'production'
            ORDER BY version_id
        ) AS seed
        $$,
        $$ VALUES (1, 'v1'), (2, 'v2') $$,
        'list active wallets by environment'
    );
SELECT
    results_eq(
        $$
        SELECT seed.version_id
        FROM (SELECT * FROM paths.wallet_versions WHERE version_name = 'v2') AS seed
        $$,
        $$ VALUES (2) $$,
        'get wallet for specific version'
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
            WHERE wallet_version = 1
            AND base_path = '2.3.4.5.10'
            AND status = 'active'
        ) as is_available
        $$,
        $$ SELECT told.is_available FROM paths.check_availability(1, '2.3.4.5.10') AS told $$,
        'check if base path is available in wallet'
    );
SELECT
    results_eq(
        $$
        SELECT
            NOT EXISTS (
                SELECT 1 FROM paths.path_registry
                WHERE wallet_version = 1
                AND base_path = '2.2.2.2.2'
                AND status = 'active'
            ),
            told.is_available, told.reason
        FROM paths.check_availability(1, '2.2.2.2.2') AS told
        $$,
        $$ VALUES (TRUE, FALSE, 'path_taken') $$,
        'of a path that has moved it would say free: here it keeps its place'
    );
SELECT
    bag_eq(
        $$
        SELECT
            seed.base_path, seed.quantity, seed.allocated_range_start, seed.allocated_range_end,
            seed.purpose, seed.allocated_at IS NOT NULL AS is_dated
        FROM (
            SELECT
            base_path,
            quantity,
            allocated_range_start,
            allocated_range_end,
            purpose,
            allocated_at
            FROM paths.path_registry
            WHERE wallet_version = 1
            AND status = 'active'
            ORDER BY allocated_at DESC
        ) AS seed
        $$,
        $$
        VALUES
        ('2.3.4.5.10' COLLATE "C", 100, 1, 100::bigint, 'BILLY', TRUE),
        ('2.3.4.5.11', 20, 1, 20, NULL, TRUE)
        $$,
        'get all allocations for a wallet'
    );
SELECT
    bag_eq(
        $$
        SELECT base_path, quantity
        FROM paths.path_registry
        WHERE wallet_version = 1
        AND base_path LIKE '2.3.4.5.%'
        AND status = 'active'
        $$,
        $$ VALUES ('2.3.4.5.10' COLLATE "C", 100), ('2.3.4.5.11', 20) $$,
        'find path range conflicts'
    );
SELECT
    bag_eq(
        $$
        SELECT
        allocation_type,
        COUNT(*) as allocations,
        SUM(quantity) as total_instances
        FROM paths.path_registry
        WHERE wallet_version = 1
        AND status = 'active'
        GROUP BY allocation_type
        $$,
        $$ VALUES ('production', 1::bigint, 100::bigint), ('test', 1, 20) $$,
        'get allocation statistics'
    );
SELECT
    results_eq(
        $$
        SELECT seed.manufacturer_name
        FROM (
            SELECT * FROM paths.manufacturer_registry
            WHERE wallet_version = 1 AND manufacturer_index = 2
        ) AS seed
        $$,
        $$ VALUES ('IKEA') $$,
        'get manufacturer by index in specific wallet'
    );
SELECT
    results_eq(
        $$
        SELECT
        p.wallet_version,
        w.version_name,
        p.base_path,
        p.status,
        o.name as org_name
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
        (1, 'v1', '2.2.2.2.2' COLLATE "C", 'transferred', 'ikea'),
        (1, 'v1', '2.3.4.5.10', 'active', 'ikea'),
        (1, 'v1', '2.3.4.5.11', 'active', 'ikea'),
        (2, 'v2', '2.2.2.2.2', 'active', 'ikea'),
        (3, 'v3', '2.2.2.2', 'active', 'ikea'),
        (4, 'v4', '2.2.2.2.2', 'active', 'ikea')
        $$,
        'paths can exist across multiple wallets for same organization'
    );
SELECT
    results_eq(
        $$
        SELECT
        w.version_name,
        w.status as wallet_status,
        om.role
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
        SELECT
            seed.version_id, seed.version_name, seed.environment, seed.total_paths,
            seed.total_identifiers, seed.active_manufacturers,
            seed.last_allocation IS NOT NULL
        FROM paths.wallet_usage_stats AS seed
        ORDER BY seed.version_id
        $$,
        $$
        VALUES
        (1, 'v1', 'production', 2::bigint, 120::bigint, 3::bigint, TRUE),
        (2, 'v2', 'production', 1, 1, 1, TRUE),
        (3, 'v3', 'testing', 1, 1, 1, TRUE),
        (4, 'v4', 'testing', 1, 1, 1, TRUE)
        $$,
        'wallet statistics, each count alone'
    );

-- What its example path means

INSERT INTO paths.manufacturer_path_schemas (
    wallet_version, manufacturer_index, path_level, level_name, level_description, gs1_mapping
)
SELECT
    home.wallet,
    2 AS manufacturer_index,
    level.place,
    level.name,
    level.description,
    level.gs1
FROM
    generate_series(1, 2) AS home (wallet),
    (
        VALUES
        (3, 'category', 'What it is for', NULL),
        (4, 'subcategory', NULL, NULL),
        (999, 'class', NULL, '01')
    ) AS level (place, name, description, gs1);
INSERT INTO paths.path_level_values (
    wallet_version, manufacturer_index, path_level, level_value, value_name, value_description,
    gs1_code, sku_reference
)
SELECT
    home.wallet,
    2 AS manufacturer_index,
    number.place,
    number.value,
    number.name,
    number.description,
    number.gs1,
    number.sku
FROM
    generate_series(1, 2) AS home (wallet),
    (
        VALUES
        (3, 4, 'Furniture', 'To sit and sleep on', NULL, 'FUR'),
        (4, 5, 'Bookcases', 'To put books in', '7300000000012', 'FUR-BK'),
        (999, 127, 'BILLY White 80x28x202', NULL, NULL, '002.638.50')
    ) AS number (place, value, name, description, gs1, sku);

SELECT
    results_eq(
        $$
        SELECT
        ps.path_level,
        ps.level_name,
        ps.level_description,
        ps.gs1_mapping,
        ps.is_required
        FROM paths.manufacturer_path_schemas ps
        WHERE ps.wallet_version = 1
        AND ps.manufacturer_index = 2
        ORDER BY ps.path_level
        $$,
        $$
        VALUES
        (3, 'category', 'What it is for', NULL, TRUE),
        (4, 'subcategory', NULL, NULL, TRUE),
        (999, 'class', NULL, '01', TRUE)
        $$,
        'get complete path schema for a manufacturer'
    );
SELECT
    results_eq(
        $$
        WITH path_components AS (
        SELECT
        2 as wallet_version,
        2 as manufacturer_index,
        4 as category_value,
        5 as subcategory_value,
        127 as class_value
        )
        SELECT
        3 as level, 'category' as level_name, pv1.value_name, pv1.value_description
        FROM path_components pc
        JOIN paths.path_level_values pv1 ON pc.wallet_version = pv1.wallet_version
        AND pc.manufacturer_index = pv1.manufacturer_index
        AND pv1.path_level = 3 AND pv1.level_value = pc.category_value
        UNION ALL
        SELECT
        4 as level, 'subcategory' as level_name, pv2.value_name, pv2.value_description
        FROM path_components pc
        JOIN paths.path_level_values pv2 ON pc.wallet_version = pv2.wallet_version
        AND pc.manufacturer_index = pv2.manufacturer_index
        AND pv2.path_level = 4 AND pv2.level_value = pc.subcategory_value
        UNION ALL
        SELECT
        999 as level, 'class' as level_name, pv3.value_name, pv3.value_description
        FROM path_components pc
        JOIN paths.path_level_values pv3 ON pc.wallet_version = pv3.wallet_version
        AND pc.manufacturer_index = pv3.manufacturer_index
        AND pv3.path_level = 999 AND pv3.level_value = pc.class_value
        ORDER BY level
        $$,
        $$
        VALUES
        (3, 'category', 'Furniture', 'To sit and sleep on'),
        (4, 'subcategory', 'Bookcases', 'To put books in'),
        (999, 'class', 'BILLY White 80x28x202', NULL)
        $$,
        'decode a complete path to human-readable format'
    );
SELECT
    results_eq(
        $$
        SELECT
        plv.level_value,
        plv.value_name,
        plv.value_description,
        plv.sku_reference,
        plv.gs1_code
        FROM paths.path_level_values plv
        WHERE plv.wallet_version = 1
        AND plv.manufacturer_index = 2
        AND plv.path_level = 4
        AND plv.is_active = true
        ORDER BY plv.value_name
        $$,
        $$ VALUES (5, 'Bookcases', 'To put books in', 'FUR-BK', '7300000000012') $$,
        'find all products in a category'
    );

-- Its incident: mark compromised, create the new wallet, move Plings, update the lineage

SET LOCAL ROLE pgtill_service;

SELECT count(made.answer) AS responded
FROM paths.respond_to_key_compromise(
    given.organization_id('ikea'), given.user_id('sue'), 'inc', given.digest('inc'), 1,
    'Post-compromise wallet', 'plings_master_key_v5'
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
            seed.manufacturer_name, seed.manufacturer_index, seed.status,
            seed.transferred_from_wallet, seed.transfer_completed_at IS NOT NULL
        FROM (
            SELECT
            manufacturer_name,
            manufacturer_index,
            status,
            transferred_from_wallet,
            transfer_completed_at
            FROM paths.manufacturer_registry
            WHERE wallet_version = 5
            ORDER BY manufacturer_index
        ) AS seed
        $$,
        $$
        VALUES
        ('Plings', 1, 'active', 1, TRUE),
        ('IKEA', 2, 'active', 1, TRUE),
        ('Coca-Cola', 3, 'active', 1, TRUE)
        $$,
        'list all manufacturers in wallet with transfer info'
    );
SELECT
    results_eq(
        $$
        SELECT seed.wallet_version, seed.manufacturer_index
        FROM (
            SELECT * FROM paths.manufacturer_registry
            WHERE manufacturer_name = 'IKEA'
            AND status = 'active'
            ORDER BY wallet_version DESC
            LIMIT 1
        ) AS seed
        $$,
        $$ VALUES (5, 2) $$,
        'find current wallet for manufacturer'
    );
SELECT
    bag_eq(
        $$
        SELECT
            seed.canonical_name, seed.predecessor_wallet, seed.current_wallet_version,
            seed.assignment_reason, seed.assignment_date IS NOT NULL AS is_dated,
            seed.from_wallet, seed.to_wallet
        FROM (
            SELECT
            ml.canonical_name,
            ml.predecessor_wallet,
            ml.current_wallet_version,
            ml.assignment_reason,
            ml.assignment_date,
            w1.version_name as from_wallet,
            w2.version_name as to_wallet
            FROM paths.manufacturer_lineage ml
            LEFT JOIN paths.wallet_versions w1 ON ml.predecessor_wallet = w1.version_id
            JOIN paths.wallet_versions w2 ON ml.current_wallet_version = w2.version_id
            WHERE ml.canonical_name = 'IKEA'
            ORDER BY ml.assignment_date
        ) AS seed
        $$,
        $$
        VALUES
        ('IKEA', NULL, 1, 'initial_setup', TRUE, NULL, 'v1'),
        ('IKEA', NULL, 2, 'environment_separation', TRUE, NULL, 'v2'),
        ('IKEA', NULL, 3, 'environment_separation', TRUE, NULL, 'v3'),
        ('IKEA', NULL, 4, 'environment_separation', TRUE, NULL, 'v4'),
        ('IKEA', 1, 5, 'key_compromise', TRUE, 'v1', 'v5')
        $$,
        'complete migration history for manufacturer'
    );
SELECT
    bag_eq(
        $$
        SELECT
            seed.base_path, seed.from_wallet, seed.to_wallet,
            seed.transferred_at IS NOT NULL AS is_dated, seed.target_status
        FROM (
            SELECT
            p1.base_path,
            p1.wallet_version as from_wallet,
            p1.transferred_to_wallet as to_wallet,
            p1.transferred_at,
            p2.status as target_status
            FROM paths.path_registry p1
            LEFT JOIN paths.path_registry p2 ON p1.transferred_to_wallet = p2.wallet_version
            AND p1.base_path = p2.base_path
            WHERE p1.status = 'transferred'
            ORDER BY p1.transferred_at DESC
        ) AS seed
        $$,
        $$
        VALUES
        ('2.2.2.2.2' COLLATE "C", 1, 4, TRUE, 'active'),
        ('2.3.4.5.10', 1, 5, TRUE, 'active'),
        ('2.3.4.5.11', 1, 5, TRUE, 'active')
        $$,
        'track path migrations during wallet transition'
    );
SELECT
    bag_eq(
        $$
        SELECT
            seed.operation, seed.wallet_version, seed.version_name, seed.path COLLATE "C" AS path,
            seed.timestamp IS NOT NULL AS is_dated, seed.operator, seed.details
        FROM (
            SELECT
            'path_allocation' as operation,
            pr.wallet_version,
            wv.version_name,
            pr.base_path as path,
            pr.allocated_at as timestamp,
            u.email as operator,
            pr.purpose as details
            FROM paths.path_registry pr
            JOIN paths.manufacturer_registry m
            ON m.wallet_version = pr.wallet_version AND m.manufacturer_index = pr.manufacturer_index
            JOIN paths.wallet_versions wv ON pr.wallet_version = wv.version_id
            JOIN identity.users u ON pr.allocated_by = u.id
            WHERE m.manufacturer_name = 'IKEA'
            UNION ALL
            SELECT
            'manufacturer_registration' as operation,
            mr.wallet_version,
            wv.version_name,
            mr.manufacturer_name as path,
            mr.registered_at as timestamp,
            u.email as operator,
            CONCAT('Index: ', mr.manufacturer_index) as details
            FROM paths.manufacturer_registry mr
            JOIN paths.wallet_versions wv ON mr.wallet_version = wv.version_id
            JOIN identity.users u ON mr.registered_by = u.id
            WHERE mr.manufacturer_name = 'IKEA'
            ORDER BY timestamp DESC
        ) AS seed
        $$,
        $$
        VALUES
        ('path_allocation', 1, 'v1', '2.2.2.2.2' COLLATE "C", TRUE, 'ann@example.org', NULL),
        ('path_allocation', 1, 'v1', '2.3.4.5.10', TRUE, 'ann@example.org', 'BILLY'),
        ('path_allocation', 1, 'v1', '2.3.4.5.11', TRUE, 'ann@example.org', NULL),
        ('path_allocation', 2, 'v2', '2.2.2.2.2', TRUE, 'ann@example.org', NULL),
        ('path_allocation', 3, 'v3', '2.2.2.2', TRUE, 'ann@example.org', NULL),
        ('path_allocation', 4, 'v4', '2.2.2.2.2', TRUE, 'ann@example.org', NULL),
        ('path_allocation', 5, 'v5', '2.3.4.5.10', TRUE, 'ann@example.org', 'BILLY'),
        ('path_allocation', 5, 'v5', '2.3.4.5.11', TRUE, 'ann@example.org', NULL),
        ('manufacturer_registration', 1, 'v1', 'IKEA', TRUE, 'ann@example.org', 'Index: 2'),
        ('manufacturer_registration', 2, 'v2', 'IKEA', TRUE, 'ann@example.org', 'Index: 2'),
        ('manufacturer_registration', 3, 'v3', 'IKEA', TRUE, 'ann@example.org', 'Index: 2'),
        ('manufacturer_registration', 4, 'v4', 'IKEA', TRUE, 'ann@example.org', 'Index: 2'),
        ('manufacturer_registration', 5, 'v5', 'IKEA', TRUE, 'sue@example.org', 'Index: 2')
        $$,
        'complete audit trail across wallets'
    );
SELECT is_empty('SELECT anomaly.* FROM paths.anomalies AS anomaly', 'and no anomaly');

SELECT * FROM finish();
ROLLBACK;
