-- Deploy pgtill:functions/ledger/withdraw_answers to pg
-- requires: types/ledger/journal_answer

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.withdraw_answers(answers ledger.journal_answer[])
RETURNS ledger.journal_answer[]
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
RETURN (
    SELECT
        array_agg(
            CASE
                WHEN posted.journal_id IS NULL THEN answer
                ELSE
                    row(answer.journal_position, 'not_posted', NULL, NULL, NULL)
                    ::ledger.journal_answer
            END
            ORDER BY answer.journal_position
        )
    FROM unnest(withdraw_answers.answers) AS answer
    LEFT JOIN unnest(withdraw_answers.answers) AS posted
        ON answer.journal_id = posted.journal_id AND posted.outcome = 'posted'
);

COMMENT ON FUNCTION ledger.withdraw_answers(ledger.journal_answer[])
IS $comment$The answers of a call that was taken back: what it posted is not_posted.

Private to post_journals().$comment$;

COMMIT;
