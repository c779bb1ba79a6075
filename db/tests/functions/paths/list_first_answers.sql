-- list_first_answers(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(7);

-- Shape

SELECT
    is(
        given.shape('paths.list_first_answers(text[], text[])'),
        'stable definer, pgtill_auditor pgtill_operator',
        'operators and auditors call it'
    );

-- Given a path of IKEA, and one of Coca-Cola under a key of the same name

SELECT given.makers() AS makers \gset

SELECT
    max(tenant.public_id) FILTER (WHERE tenant.name = 'ikea') AS ikea_id,
    max(tenant.public_id) FILTER (WHERE tenant.name = 'coke') AS coke_id
FROM identity.organizations AS tenant \gset

INSERT INTO paths.operations (operation, organization_id, idempotency_key, request_hash, answer)
VALUES
('extend_path', given.organization_id('ikea'), 'k1', given.digest('k1'), '{"of": "ikea, k1"}'),
('retire_path', given.organization_id('ikea'), 'k2', given.digest('k2'), '{"of": "ikea, k2"}'),
('extend_path', given.organization_id('coke'), 'k1', given.digest('k1'), '{"of": "coke, k1"}'),
('extend_path', given.organization_id('coke'), NULL, NULL, '{"of": "nobody"}');

-- Acting as an operator

SET LOCAL ROLE pgtill_operator;

SELECT
    results_eq(
        format(
            'SELECT answer.answer_position, answer.answer ->> ''of'''
            ' FROM paths.list_first_answers(%L::text[], %L::text[]) AS answer',
            ARRAY[:'ikea_id', :'coke_id', :'ikea_id', :'ikea_id', :'coke_id', 'org_nobody', NULL],
            ARRAY['k2', 'k1', 'k1', 'k3', 'k2', 'k1', 'k1']
        ),
        $$
        VALUES (1::bigint, 'ikea, k2'), (2, 'coke, k1'), (3, 'ikea, k1'), (4, NULL), (5, NULL),
            (6, NULL), (7, NULL)
        $$,
        'each key its own organization''s answer, in the order asked; NULL where there is none'
    );

SELECT
    is_empty(
        $$ SELECT answer.* FROM paths.list_first_answers('{}', '{}') AS answer $$,
        'nothing asked, nothing answered'
    );

SELECT
    is_empty(
        format(
            'SELECT answer.answer FROM paths.list_first_answers(%L::text[], %L::text[]) AS answer'
            ' WHERE answer.answer IS NOT NULL',
            ARRAY[:'coke_id'], ARRAY[NULL]
        ),
        'what came without a key is nobody''s answer'
    );

-- Where the constraint is gone: both rows of a key that stands twice

RESET ROLE;
ALTER TABLE paths.operations DROP CONSTRAINT operations_key_unique;
INSERT INTO paths.operations (operation, organization_id, idempotency_key, request_hash, answer)
VALUES ('extend_path', given.organization_id('ikea'), 'k1', given.digest('k'), '{"of": "more"}');

SET LOCAL ROLE pgtill_auditor;

SELECT
    results_eq(
        format(
            'SELECT answer.answer_position'
            ' FROM paths.list_first_answers(%L::text[], %L::text[]) AS answer',
            ARRAY[:'ikea_id', :'coke_id'], ARRAY['k1', 'k1']
        ),
        'VALUES (1::bigint), (1), (2)',
        'a key that stands twice gives two rows'
    );

-- Refusals

SELECT
    throws_ok(
        $$ SELECT operation.answer FROM paths.operations AS operation $$,
        '42501',
        'permission denied for table operations',
        'an auditor has no other way to the keys'
    );

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        $$ SELECT paths.list_first_answers('{}', '{}') $$,
        '42501',
        'permission denied for function list_first_answers',
        'the service never lists answers of all organizations'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
