-- allocate_batch(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(10);

-- Shape

SELECT
    is(
        given.shape('paths.allocate_batch(bigint, text, text, text, integer, jsonb, boolean)'),
        'volatile definer, pgtill_service',
        'callable by service only'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_service;


SELECT
    results_eq(
        $$
        SELECT batch.outcome, batch.answer
        FROM paths.allocate_batch(given.organization_id('ikea'), given.user_id('ann'), 'b1',
            given.digest('b1'), 1,
            '[{"base_path": "2.1.1"}, {"parent_path": "2.1"}, {"base_path": "2.1"}]', TRUE) AS
            batch
        $$,
        $$
        VALUES ('refused',
            '{"wallet_version": 1, "allocated_count": 0, "refused_count": 1, "paths": [{"position": 1, "outcome": "not_done", "base_path": "2.1.1"}, {"position": 2, "outcome": "not_done", "base_path": "2.1.2"}, {"position": 3, "outcome": "path_has_descendants", "base_path": "2.1", "blocking_path": "2.1"}]}'::jsonb)
        $$,
        'one refusal undoes all'
    );

SELECT
    results_eq(
        $$
        SELECT batch.outcome, batch.answer ->> 'allocated_count', batch.answer ->>
            'refused_count'
        FROM paths.allocate_batch(given.organization_id('ikea'), given.user_id('ann'), 'b1',
            given.digest('b1'), 1,
            '[{"base_path": "2.1.1"}, {"parent_path": "2.1"}, {"base_path": "2.1"}]', FALSE) AS
            batch
        $$,
        $$
        VALUES ('allocated', '2', '1')
        $$,
        'or only itself; the key was free'
    );

SELECT
    results_eq(
        $$
        SELECT batch.outcome, batch.answer ->> 'allocated_count'
        FROM paths.allocate_batch(given.organization_id('ikea'), given.user_id('ann'), 'b1',
            given.digest('b1'), 1, '[]', FALSE) AS batch
        $$,
        $$
        VALUES ('replayed', '2')
        $$,
        'a key is answered what it was answered first'
    );

SELECT
    results_eq(
        $$
        SELECT batch.outcome, batch.answer
        FROM paths.allocate_batch(given.organization_id('ikea'), given.user_id('ann'), 'b1',
            given.digest('other'), 1, '[]', FALSE) AS batch
        $$,
        $$
        VALUES ('idempotency_key_conflict', NULL::jsonb)
        $$,
        'not for another request'
    );

SELECT
    results_eq(
        $$
        SELECT batch.outcome, batch.answer -> 'paths' -> 0 ->> 'outcome'
        FROM paths.allocate_batch(given.organization_id('ikea'), given.user_id('bob'), 'b2',
            given.digest('b2'), 1,
            '[{"base_path": "2.5", "user_id": "usr_x", "organization_id": 1}]', FALSE) AS batch
        $$,
        $$
        VALUES ('refused', 'not_permitted')
        $$,
        'an order does not say who asks'
    );

SELECT
    results_eq(
        $$
        SELECT batch.outcome, batch.answer
        FROM paths.allocate_batch(given.organization_id('ikea'), given.user_id('ann'), 'b3',
            given.digest('b3'), 1, '[]', TRUE) AS batch
        $$,
        $$
        VALUES ('refused',
            '{"wallet_version": null, "allocated_count": 0, "refused_count": 0, "paths": []}'::jsonb)
        $$,
        'nothing asked, nothing done'
    );

RESET ROLE;


SELECT
    results_eq(
        $$
        SELECT operation.operation, operation.subject FROM paths.operations AS operation
        $$,
        $$
        VALUES ('allocate_batch', '2 paths')
        $$,
        'one row of the audit a batch'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.allocate_batch(given.organization_id('ikea'), given.user_id('ann'), 'bad',
            given.digest('bad'), 1, '[{"base_path": "2.9", "allocation_type": "none"}]', TRUE)
        $$,
        '23514',
        NULL,
        'a rule that is broken is no lost race: it is not tried again'
    );

RESET ROLE;

-- Races that are lost again and again: no session of its own could bring that about

RESET ROLE;
CREATE FUNCTION given.lose_race()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'another session was quicker' USING ERRCODE = tg_argv[0], CONSTRAINT = tg_argv[1];
END
$$;
CREATE TRIGGER lost BEFORE INSERT ON paths.operations
FOR EACH ROW EXECUTE FUNCTION given.lose_race('40001', '');

SELECT
    throws_ok(
        $$
        SELECT paths.allocate_batch(given.organization_id('ikea'), given.user_id('ann'), 'lost',
            given.digest('lost'), 1, '[{"base_path": "2.99"}]', TRUE)
        $$,
        '40001',
        'paths were named meanwhile',
        'whoever loses every time must call again'
    );

SELECT * FROM finish();
ROLLBACK;
