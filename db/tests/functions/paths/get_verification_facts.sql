-- get_verification_facts(): what anybody needs to check who signed for a thing.
\ir ../../support/begin.psql

SELECT plan(4);

-- Shape

SELECT
    is(
        given.shape('paths.get_verification_facts(integer, text)'),
        'stable definer, pgtill_service',
        'callable by service only'
    );

-- Given a path of IKEA, whose key may sign instances, and one of Coca-Cola, which has no key

SELECT count(given.makers()) AS makers \gset

UPDATE paths.manufacturer_registry
SET public_key = repeat('2', 32), key_delegation_level = 'verification'
WHERE manufacturer_index = 2 AND wallet_version = 1;

SET LOCAL ROLE pgtill_service;

SELECT count(made) AS made FROM given.allocate_paths('2.3.4') AS made \gset

SELECT given.organization_id('coke') AS coke \gset
SELECT given.user_id('cid') AS cid \gset
SELECT jsonb_build_object('organization_id', :coke, 'user_id', :'cid') AS other \gset

SELECT count(made) AS made
FROM paths.allocate_paths(jsonb_build_array(given.path_order('3.5', '3.5', :'other'))) AS made \gset

SELECT
    results_eq(
        $$ SELECT found.* FROM paths.get_verification_facts(1, '2.3.4') AS found $$,
        $$
        VALUES (
            1::bigint, 1::bigint, repeat('2', 32), 'verification', 'active', 'active', 'active'
        )
        $$,
        'range, key and what was delegated to it, and the three statuses, whoever asks'
    );

SELECT
    is_empty(
        $$
        SELECT found.*
        FROM (VALUES (2, '2.3.4'), (9, '2.3.4'), (1, '2.3'), (1, '2.3.4.1'), (1, '2.4'))
            AS asked (wallet, path)
        CROSS JOIN LATERAL paths.get_verification_facts(asked.wallet, asked.path) AS found
        $$,
        'nothing of another wallet, of a branch, below a path or of what is not allocated'
    );

-- Each status is its own row's

RESET ROLE;

UPDATE paths.path_registry SET status = 'retired', retired_at = now()
WHERE base_path = '2.3.4';
UPDATE paths.manufacturer_registry SET status = 'suspended'
WHERE manufacturer_index = 3;
UPDATE paths.wallet_versions SET is_default = FALSE
WHERE version_id = 1;
UPDATE paths.wallet_versions SET status = 'deprecated'
WHERE version_id = 1;

SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        $$
        SELECT
            asked.path, found.public_key, found.key_delegation_level,
            found.wallet_status, found.manufacturer_status, found.path_status
        FROM (VALUES ('2.3.4'), ('3.5')) AS asked (path)
        CROSS JOIN LATERAL paths.get_verification_facts(1, asked.path) AS found
        ORDER BY asked.path
        $$,
        $$
        VALUES
        ('2.3.4', repeat('2', 32), 'verification', 'deprecated', 'active', 'retired'),
        ('3.5', NULL, 'none', 'deprecated', 'suspended', 'active')
        $$,
        'of each its own path, manufacturer and wallet; a manufacturer may have no key'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
