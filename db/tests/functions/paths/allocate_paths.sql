-- allocate_paths(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(13);

-- Shape

SELECT
    is(
        given.shape('paths.allocate_paths(jsonb)'),
        'volatile definer, pgtill_service',
        'callable by service only'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_service;


SELECT
    results_eq(
        $$
        SELECT answer.order_position, answer.outcome, answer.path ->> 'base_path',
            answer.path ->> 'hd_derivation_prefix', answer.blocking_path
        FROM paths.allocate_paths(jsonb_build_array(
            given.path_order('2.3.4.5.10', fields =>
                '{"quantity": 90000, "purpose": "shelves"}'),
            given.path_order('2.3.4'),
            given.path_order('2.3.4.5.10.1'),
            given.child_order('2.3.4.5', 'k1'),
            given.child_order('2.3.4.5', 'k1'),
            given.path_order('x', 'k1'),
            given.path_order('2.3.4.5.10', 'k2'),
            given.path_order('2.3.5', fields => '{"wallet_version": null}')
        )) AS answer
        $$,
        $$
        VALUES
        (1, 'allocated', '2.3.4.5.10', 'm/44''/501''/1''/2''/3''/4''/5''/10''', NULL),
        (2, 'path_has_descendants', NULL, NULL, '2.3.4'),
        (3, 'path_below_allocation', NULL, NULL, '2.3.4.5.10'),
        (4, 'allocated', '2.3.4.5.11', 'm/44''/501''/1''/2''/3''/4''/5''/11''', NULL),
        (5, 'replayed', '2.3.4.5.11', 'm/44''/501''/1''/2''/3''/4''/5''/11''', NULL),
        (6, 'idempotency_key_conflict', NULL, NULL, NULL),
        (7, 'path_taken', NULL, NULL, '2.3.4.5.10'),
        (8, 'allocated', '2.3.5', 'm/44''/501''/1''/2''/3''/5''', NULL)
        $$,
        'one row an order, in order; the earlier of two wins; without a wallet the default one'
    );

SELECT
    results_eq(
        $$
        SELECT answer.outcome, answer.path ->> 'base_path', answer.path ->> 'quantity'
        FROM paths.allocate_paths(jsonb_build_array(
            given.path_order('2.3.4.5.10'),
            given.path_order('2.9', '2.3.4.5.10'),
            given.path_order('2.3.4')
        )) AS answer
        $$,
        $$
        VALUES ('replayed', '2.3.4.5.10', '90000'), ('idempotency_key_conflict', NULL,
            NULL), ('path_has_descendants', NULL, NULL)
        $$,
        'a key keeps its first answer; a refused order leaves its key free'
    );

SELECT
    results_eq(
        $$
        SELECT answer.outcome
        FROM paths.allocate_paths(jsonb_build_array(
            given.path_order('2'), given.path_order('2.03'),
                given.path_order('2.2147483648'), given.path_order(rtrim(repeat('2.', 21),
                '.')), given.path_order('2.6', fields => '{"parent_path": "2.6"}'),
            given.path_order('2.7', fields => '{"quantity": 0}'), given.path_order('2.8',
                fields => '{"range_start": 0}'), given.path_order('2.9', fields =>
                '{"range_start": 2147483647, "quantity": 2}'),
            given.path_order('2.10', fields => '{"wallet_version": 9}'),
                given.path_order('9.1'), given.path_order('3.1'),
            given.path_order('2.11', fields => jsonb_build_object('user_id',
                given.user_id('bob'))), given.path_order('2.12', fields =>
                jsonb_build_object('user_id', given.user_id('cid'))), given.path_order('2.13',
                fields => '{"user_id": null}')
        )) AS answer
        $$,
        $$
        VALUES ('invalid_path'), ('invalid_path'), ('invalid_path'), ('invalid_path'),
            ('invalid_path'),
        ('invalid_range'), ('invalid_range'), ('invalid_range'),
        ('wallet_version_not_found'), ('manufacturer_not_found'), ('not_permitted'),
        ('not_permitted'), ('not_permitted'), ('not_permitted')
        $$,
        'form, range, wallet, manufacturer and permission'
    );

SELECT
    results_eq(
        $$
        SELECT answer.outcome, answer.path ->> 'base_path' FROM
            paths.allocate_paths(jsonb_build_array(
            given.path_order('2.20.2147483647'), given.child_order('2.20', 'k9'),
                given.child_order('2.21', 'k10'), given.child_order('2.21', 'k11'),
                given.path_order('2.21.7', 'k12')
        )) AS answer
        $$,
        $$
        VALUES ('allocated', '2.20.2147483647'), ('parent_exhausted', NULL), ('allocated',
            '2.21.8'), ('allocated', '2.21.9'), ('allocated', '2.21.7')
        $$,
        'the next child comes after the last, of this batch too'
    );

SELECT
    results_eq(
        $$
        SELECT answer.outcome, answer.path ->> 'base_path'
        FROM paths.allocate_paths(
            jsonb_build_array(given.child_order('2.21', 'k13'), given.path_order('2.22.2147483646'))
        ) AS answer
        UNION ALL
        SELECT answer.outcome, answer.path ->> 'base_path'
        FROM paths.allocate_paths(
            jsonb_build_array(given.child_order('2.22', 'k14'), given.child_order('2.22', 'k15'))
        ) AS answer
        $$,
        $$
        VALUES
        ('allocated', '2.21.10'), ('allocated', '2.22.2147483646'), ('allocated', '2.22.2147483647'),
        ('parent_exhausted', NULL)
        $$,
        '… of all that were there before, too, until 2^31 - 1'
    );

SELECT
    results_eq(
        $$
        SELECT answer.outcome, answer.path ->> 'allocated_range_end'
        FROM paths.allocate_paths(
            jsonb_build_array(
                given.path_order('2.23', fields => '{"range_start": 2147483647, "quantity": 1}')
            )
        ) AS answer
        $$,
        $$ VALUES ('allocated', '2147483647') $$,
        'a range that ends where instances end'
    );

RESET ROLE;

UPDATE paths.wallet_versions SET daily_allocation_limit = current_daily_allocations + 2
WHERE version_id = 1;

SET LOCAL ROLE pgtill_service;


SELECT
    results_eq(
        $$
        SELECT answer.outcome, answer.path ->> 'base_path' FROM
            paths.allocate_paths(jsonb_build_array(
            given.path_order('2.30.1'), given.path_order('2.30'),
                given.path_order('2.30.2'), given.path_order('2.30.3')
        )) AS answer
        $$,
        $$
        VALUES ('allocated', '2.30.1'), ('path_has_descendants', NULL), ('allocated',
            '2.30.2'), ('daily_limit_reached', NULL)
        $$,
        'what is refused does not count; at the limit the rest is refused'
    );

RESET ROLE;

UPDATE paths.wallet_versions SET last_reset_date = last_reset_date - 1
WHERE version_id = 1;
UPDATE paths.wallet_versions SET status = 'inactive'
WHERE version_id = 2;
UPDATE paths.manufacturer_registry SET status = 'suspended'
WHERE manufacturer_index = 3;

SET LOCAL ROLE pgtill_service;


SELECT
    results_eq(
        $$
        SELECT answer.outcome FROM paths.allocate_paths(jsonb_build_array(
            given.path_order('2.30.3'), given.path_order('2.31', fields =>
                '{"wallet_version": 2}'),
            given.path_order('3.1', fields => jsonb_build_object('user_id',
                given.user_id('cid'), 'organization_id', given.organization_id('coke')))
        )) AS answer
        $$,
        $$
        VALUES ('allocated'), ('wallet_not_active'), ('manufacturer_not_active')
        $$,
        'a new day counts anew; a wallet and a manufacturer must be active'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.allocate_paths(jsonb_build_array(given.path_order('2.40', fields =>
            '{"allocation_type": "gift"}')))
        $$,
        '23514',
        'new row for relation "path_registry" violates check constraint'
        ' "path_registry_allocation_type_known"',
        'an unknown type is refused'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.allocate_paths(jsonb_build_array(given.path_order('2.40') -
            'idempotency_key'))
        $$,
        '23514',
        'new row for relation "operations" violates check constraint'
        ' "operations_allocation_has_key"',
        'every order has a key'
    );

RESET ROLE;


SELECT
    results_eq(
        $$
        SELECT operation.operation, operation.subject, operation.answer ->> 'base_path',
            person.public_id FROM paths.operations AS operation INNER JOIN identity.users AS
            person ON person.id = operation.user_id WHERE operation.subject LIKE '2.3%' ORDER BY
            operation.subject COLLATE "C"
        $$,
        $$
        VALUES ('allocate_path', '2.3.4.5.10', '2.3.4.5.10', given.user_id('ann')),
            ('allocate_path', '2.3.4.5.11', '2.3.4.5.11', given.user_id('ann')),
            ('allocate_path', '2.3.5', '2.3.5', given.user_id('ann')), ('allocate_path',
            '2.30.1', '2.30.1', given.user_id('ann')), ('allocate_path', '2.30.2', '2.30.2',
            given.user_id('ann')), ('allocate_path', '2.30.3', '2.30.3', given.user_id('ann'))
        $$,
        'each is in the audit, with who did it'
    );

UPDATE paths.wallet_versions SET
    daily_allocation_limit = 1000, current_daily_allocations = 14,
    last_reset_date = (now() AT TIME ZONE 'UTC')::date
WHERE version_id = 1;

SELECT
    is_empty(
        $$ SELECT anomaly.* FROM paths.anomalies AS anomaly $$,
        'nothing is left behind by what was refused'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
