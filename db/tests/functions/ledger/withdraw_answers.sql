-- withdraw_answers(): what a call posted is not_posted once it was taken back; the rest stays said.
\ir ../../support/begin.psql

SELECT plan(5);

-- Shape

SELECT
    is(
        given.shape('ledger.withdraw_answers(ledger.journal_answer[])'),
        'immutable invoker, private',
        'nobody but post_journals() calls it'
    );

-- Acting as the owner

SET LOCAL ROLE pgtill_owner;

SELECT
    results_eq(
        $$
        SELECT answer.*
        FROM unnest(
            ledger.withdraw_answers(
                ARRAY[
                    (6, 'posted', 'jrn_b', '2026-01-02', NULL),
                    (1, 'posted', 'jrn_a', '2026-01-02', NULL),
                    (2, 'replayed', 'jrn_a', '2026-01-02', NULL),
                    (3, 'replayed', 'jrn_before', '2026-01-01', NULL),
                    (4, 'unbalanced', NULL, NULL, '{"currency": "USD"}'),
                    (5, 'idempotency_key_conflict', NULL, NULL, NULL)
                ]::ledger.journal_answer[]
            )
        ) AS answer
        $$,
        $$
        VALUES
        (1, 'not_posted', NULL::text, NULL::timestamptz, NULL::jsonb),
        (2, 'not_posted', NULL, NULL, NULL),
        (3, 'replayed', 'jrn_before', '2026-01-01', NULL),
        (4, 'unbalanced', NULL, NULL, '{"currency": "USD"}'),
        (5, 'idempotency_key_conflict', NULL, NULL, NULL),
        (6, 'not_posted', NULL, NULL, NULL)
        $$,
        'what was posted, and what replayed it, is withdrawn; earlier journals and refusals stay'
    );
SELECT
    results_eq(
        $$
        SELECT answer.*
        FROM unnest(
            ledger.withdraw_answers(
                ARRAY[(1, 'replayed', 'jrn_before', '2026-01-01', NULL)]::ledger.journal_answer[]
            )
        ) AS answer
        $$,
        $$ VALUES (1, 'replayed', 'jrn_before', '2026-01-01'::timestamptz, NULL::jsonb) $$,
        'nothing posted, nothing withdrawn'
    );
SELECT is(ledger.withdraw_answers('{}'), NULL, 'no answers: none');

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        'SELECT ledger.withdraw_answers(''{}'')',
        '42501', 'permission denied for function withdraw_answers', 'the service may not call it'
    );

SELECT * FROM finish();
ROLLBACK;
