-- operations: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table paths.operations

SELECT plan(28);

SELECT count(given.makers()) AS makers \gset

SELECT person.id AS ann FROM identity.users AS person
WHERE person.public_id = given.user_id('ann') \gset
SELECT person.id AS sue FROM identity.users AS person
WHERE person.public_id = given.user_id('sue') \gset
SELECT person.id AS sam FROM identity.users AS person
WHERE person.public_id = given.user_id('sam') \gset
SELECT given.organization_id('ikea') AS ikea \gset

-- Triggers come before every rule, and have tests of their own. The rules hold without them.

ALTER TABLE paths.operations DISABLE TRIGGER USER;

CREATE TEMPORARY TABLE good AS
SELECT
    nth,
    jsonb_build_object(
        'id', nth + 100,
        'operation', 'allocate_path',
        'organization_id', :ikea,
        'user_id', :ann,
        'wallet_version', 1,
        'subject', '2.1',
        'idempotency_key', 'key ' || nth,
        'request_hash', given.digest('request ' || nth),
        'answer', '{}'::jsonb,
        'created_at', '2026-01-01T00:00:00Z'
    ) AS fields
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE refused (rule, fields, attempt) AS
VALUES
('operations_pk', '{"id": 101}'::jsonb, 'a new row'),
('operations_operation_shape', '{"operation": "Drop table"}', NULL),
('operations_organization_fk', '{"organization_id": 0}', NULL),
('operations_user_fk', '{"user_id": 0}', NULL),
('operations_key_unique', '{"idempotency_key": "key 1"}', NULL),
('operations_key_length', '{"idempotency_key": ""}', NULL),
('operations_key_length', jsonb_build_object('idempotency_key', repeat('x', 256)), NULL),
('operations_key_whole', '{"request_hash": null}', NULL),
('operations_key_whole', '{"organization_id": null}', NULL),
('operations_allocation_has_key', '{"idempotency_key": null}', NULL),
(
    'operations_allocation_has_key',
    '{"idempotency_key": null, "operation": "allocate_batch"}',
    NULL
),
('operations_request_hash_shape', '{"request_hash": "ab"}', NULL),
(
    'operations_request_hash_shape',
    jsonb_build_object('request_hash', upper(given.digest('x'))),
    NULL
);

\ir ../../support/refusals.psql

SELECT * FROM finish();
ROLLBACK;
