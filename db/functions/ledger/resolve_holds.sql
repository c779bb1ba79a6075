-- Deploy pgtill:functions/ledger/resolve_holds to pg
-- requires: functions/ledger/resolve_hold

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.resolve_holds(resolutions jsonb)
RETURNS TABLE (
    resolution_position integer,
    outcome text,
    journal_id text,
    recorded_at timestamptz,
    details jsonb
)
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- A plan made while a table was empty must not scan it when it has millions of rows.
SET enable_seqscan = off
AS $function$
#variable_conflict error
DECLARE
    _detail text;
    _constraint text;
BEGIN
    -- Lock order 7: accounts, by id. Who holds them is alone with their holds.
    PERFORM account.id
    FROM jsonb_to_recordset(resolve_holds.resolutions) AS asked (organization_id bigint, hold_id text)
    INNER JOIN ledger.holds AS hold
        ON hold.public_id = asked.hold_id AND hold.organization_id = asked.organization_id
    INNER JOIN ledger.accounts AS account
        ON account.id IN (hold.debit_account_id, hold.credit_account_id)
    ORDER BY account.id
    FOR NO KEY UPDATE OF account;

    FOR _nth IN 1..jsonb_array_length(resolve_holds.resolutions) LOOP
        BEGIN
            RETURN QUERY
            SELECT _nth, answer.*
            FROM ledger.resolve_hold(resolve_holds.resolutions -> (_nth - 1)) AS answer;
        EXCEPTION
            WHEN SQLSTATE 'TL305' THEN
                GET STACKED DIAGNOSTICS _detail = PG_EXCEPTION_DETAIL;
                RETURN QUERY SELECT
                    _nth,
                    'limit_exceeded',
                    NULL::text,
                    NULL::timestamptz,
                    jsonb_strip_nulls(
                        jsonb_build_object('account', substring(_detail FROM 'acc_[0-9a-f]+'))
                    );
            WHEN SQLSTATE 'TL311' THEN
                RETURN QUERY SELECT
                    _nth, 'idempotency_key_conflict', NULL::text, NULL::timestamptz, NULL::jsonb;
            WHEN foreign_key_violation THEN
                -- The caller made constraints immediate, and an ending comes before its journal: no other
                -- key can point to nothing, as nothing is removed. Once more as if not, then as it was.
                SET CONSTRAINTS ledger.hold_endings_journal_fk DEFERRED;
                RETURN QUERY
                SELECT _nth, answer.outcome, answer.journal_id, answer.recorded_at, answer.details
                FROM ledger.resolve_holds(
                    jsonb_build_array(resolve_holds.resolutions -> (_nth - 1))
                ) AS answer;
                SET CONSTRAINTS ledger.hold_endings_journal_fk IMMEDIATE;
            WHEN unique_violation THEN
                GET STACKED DIAGNOSTICS _constraint = CONSTRAINT_NAME;
                IF _constraint NOT LIKE '%\_idempotency\_key\_unique' THEN
                    RAISE;
                END IF;
                RAISE EXCEPTION 'an idempotency key was used meanwhile'
                    USING
                        ERRCODE = 'serialization_failure',
                        HINT = 'Call again in a new transaction.';
        END;
    END LOOP;
END
$function$;

COMMENT ON FUNCTION ledger.resolve_holds(jsonb)
IS
$comment$End holds: settle them, whole or in part, by a journal, or release them.

resolutions  [{organization_id, hold_id, action, amount?, idempotency_key, request_hash, reason, actor,
             event_at?}, ...]
             action is settle or release; amount is what settles, all of it by default; the rest is
             released with it; reason is the journal's

Answers one row a resolution, in order. Each outcome leaves its neighbours alone:
  settled                   journal_id is the journal that moved the amount
  released                  nothing was moved
  replayed                  the key was used for the same request: the first journal_id, if any
  idempotency_key_conflict  the key was used for another request, or for a journal
  unknown_hold              the organization has no such hold
  hold_resolved             it ended before
  hold_expired              it cannot settle any more; expire_holds() ends it
  amount_exceeded           amount is more than was held
  limit_exceeded            details.account would pass its floor or ceiling

Accounts are locked in the order of their ids. Constraints may be immediate or deferred, and stay so.

Raises
  TL305  the hold cannot settle within the limits of its accounts (caught here)
  TL307  amount is not a whole number above zero
  TL311  the hold cannot settle by that key (caught here)
  22004  resolutions is NULL
  22P02  a number or a time is not well formed
  23502  a resolution lacks a field, or action is another word
  23505  another unique rule refuses
  23514  a resolution breaks a rule of its table
  40001  an idempotency key was used meanwhile: call again
  55P03  another session holds an account for longer than lock_timeout$comment$;

GRANT EXECUTE ON FUNCTION ledger.resolve_holds(jsonb) TO pgtill_service, pgtill_operator;

COMMIT;
