-- Deploy pgtill:functions/ledger/withdraw_answers to pg
-- requires: schemas/ledger

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.withdraw_answers(answers jsonb)
RETURNS jsonb
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
RETURN (
    SELECT
        jsonb_agg(
            CASE
                WHEN
                    withdraw_answers.answers @> jsonb_build_array(
                        jsonb_build_object(
                            'outcome', 'posted', 'journal_id', item.answer -> 'journal_id'
                        )
                    )
                    THEN
                        item.answer
                        || '{"outcome": "not_posted", "journal_id": null, "recorded_at": null}'
                ELSE item.answer
            END
            ORDER BY item.nth
        )
    FROM jsonb_array_elements(withdraw_answers.answers) WITH ORDINALITY AS item (answer, nth)
);

COMMENT ON FUNCTION ledger.withdraw_answers(jsonb)
IS $comment$The answers of a call that was taken back: what it posted is not_posted.

Private to post_journals().$comment$;

COMMIT;
