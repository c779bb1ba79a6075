-- manufacturer_registry: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table paths.manufacturer_registry

SELECT plan(49);

SELECT count(given.makers()) AS makers \gset

SELECT person.id AS ann FROM identity.users AS person
WHERE person.public_id = given.user_id('ann') \gset
SELECT person.id AS sue FROM identity.users AS person
WHERE person.public_id = given.user_id('sue') \gset
SELECT person.id AS sam FROM identity.users AS person
WHERE person.public_id = given.user_id('sam') \gset
SELECT given.organization_id('ikea') AS ikea \gset

CREATE TEMPORARY TABLE good AS
SELECT
    nth,
    jsonb_build_object(
        'wallet_version', 2,
        'manufacturer_index', 10 + nth,
        'manufacturer_name', 'Maker ' || nth,
        'organization_id', :ikea,
        'public_key', repeat('A', 40 + nth),
        'key_delegation_level', (ARRAY['none', 'verification', 'full'])[nth],
        'status', (ARRAY['active', 'suspended', 'transferring'])[nth],
        'registered_by', :ann,
        'transferred_from_wallet', 1,
        'transfer_completed_at', '2026-01-01T00:00:00Z',
        'registered_at', '2026-01-01T00:00:00Z'
    ) AS fields
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE refused (rule, fields, attempt) AS
VALUES
('manufacturer_registry_pk', '{"manufacturer_index": 11}'::jsonb, NULL),
('manufacturer_registry_wallet_fk', '{"wallet_version": 9}', NULL),
('manufacturer_registry_index_range', '{"manufacturer_index": 0}', NULL),
('manufacturer_registry_name_unique', '{"manufacturer_name": "Maker 1"}', NULL),
('manufacturer_registry_name_shape', '{"manufacturer_name": ""}', NULL),
('manufacturer_registry_name_shape', '{"manufacturer_name": " IKEA"}', NULL),
(
    'manufacturer_registry_name_shape',
    jsonb_build_object('manufacturer_name', repeat('x', 101)),
    NULL
),
('manufacturer_registry_name_shape', '{"manufacturer_name": "a\tb"}', NULL),
('manufacturer_registry_plings_is_one', '{"manufacturer_name": "Plings"}', NULL),
('manufacturer_registry_plings_is_one', '{"manufacturer_index": 1}', NULL),
('manufacturer_registry_organization_fk', '{"organization_id": 0}', NULL),
('manufacturer_registry_organization_required', '{"organization_id": null}', NULL),
(
    'manufacturer_registry_public_key_base58',
    jsonb_build_object('public_key', repeat('0', 40)),
    NULL
),
(
    'manufacturer_registry_public_key_base58',
    jsonb_build_object('public_key', repeat('A', 31)),
    NULL
),
(
    'manufacturer_registry_public_key_base58',
    jsonb_build_object('public_key', repeat('A', 45)),
    NULL
),
('manufacturer_registry_key_delegation_level_known', '{"key_delegation_level": "some"}', NULL),
(
    'manufacturer_registry_delegated_has_key',
    '{"public_key": null, "key_delegation_level": "full"}',
    NULL
),
('manufacturer_registry_status_known', '{"status": "gone"}', NULL),
('manufacturer_registry_registered_by_fk', '{"registered_by": 0}', NULL),
('manufacturer_registry_registered_by_required', '{"registered_by": null}', NULL),
('manufacturer_registry_transferred_from_fk', '{"transferred_from_wallet": 9}', NULL),
('manufacturer_registry_transferred_from_another', '{"transferred_from_wallet": 2}', NULL),
('manufacturer_registry_transfer_completed_has_source', '{"transferred_from_wallet": null}', NULL);

\ir ../../support/refusals.psql

SELECT * FROM finish();
ROLLBACK;
