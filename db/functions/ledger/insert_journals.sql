-- Deploy pgtill:functions/ledger/insert_journals to pg
-- requires: functions/ledger/lock_accounts
-- requires: functions/ledger/find_answers
-- requires: functions/ledger/judge_journal
-- requires: functions/ledger/new_journal
-- requires: functions/ledger/entry_image
-- requires: functions/ledger/journal_image
-- requires: functions/ledger/write_journals

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.insert_journals(journals jsonb, first_position integer)
RETURNS ledger.journal_answer[]
LANGUAGE plpgsql
VOLATILE
AS $function$
#variable_conflict error
DECLARE
    _at ledger.standing := ledger.lock_accounts(insert_journals.journals);
    _answers ledger.journal_answer[] := ledger.find_answers(insert_journals.journals);
    -- Of accounts: a slot is one's place in each of these.
    _names text[] := _at.names;
    _accounts ledger.accounts[] := _at.accounts;
    _balances numeric[];
    _versions bigint[];
    _chains bytea[];
    -- Of all that will be written.
    _journals ledger.journals[] := ARRAY[]::ledger.journals[];
    _entries ledger.entries[] := ARRAY[]::ledger.entries[];
    _slots integer[] := ARRAY[]::integer[];
    _answer ledger.journal_answer;
    _journal ledger.journals;
    _account ledger.accounts;
    _asked jsonb;
    _written jsonb;
    _first integer;
    _count integer;
    _slot integer;
    _amount numeric;
    _side ledger.side;
    _difference numeric;
    _is_plain boolean;
BEGIN
    FOR _nth IN 1..jsonb_array_length(insert_journals.journals) LOOP
        _asked := insert_journals.journals -> (_nth - 1);
        _answer := _answers[_nth];
        _count := CASE WHEN _answer.outcome IS NULL THEN jsonb_array_length(_asked -> 'lines') END;
        _first := cardinality(_entries) + 1;
        _difference := 0;
        _is_plain := _count > 0;
        _journal := CASE WHEN _is_plain THEN ledger.new_journal(_asked, _count, _at.moment) END;

        FOR _line IN 1..coalesce(_count, 0) LOOP
            _written := _asked -> 'lines' -> (_line - 1);
            _slot := array_position(_names, _written ->> 'account');
            _account := _accounts[_slot];
            _amount := (_written ->> 'amount')::numeric;
            -- Nearly every line is plain. What is not, judge_journal() has a word for.
            _is_plain := _account.organization_id = _journal.organization_id
                AND coalesce(_written ->> 'currency' = _account.currency, TRUE)
                AND _amount > 0
                AND _amount < 1e78
                AND _amount = trunc(_amount);
            EXIT WHEN _is_plain IS NOT TRUE;
            _side := (_written ->> 'side')::ledger.side;
            _slots := array_append(_slots, _slot);
            _balances[_slot] := coalesce(_balances[_slot], _account.balance)
                + CASE _side WHEN _account.normal_side THEN _amount ELSE -_amount END;
            _versions[_slot] := coalesce(_versions[_slot], _account.version) + 1;
            -- Several currencies: no one sum says that it balances.
            _difference := _difference + CASE
                WHEN _account.currency = (_accounts[_slots[_first]]).currency
                    THEN CASE _side WHEN 'DEBIT' THEN _amount ELSE -_amount END
            END;
            _entries := array_append(
                _entries,
                row(
                    _journal.id, _line, _count, _journal.organization_id, _at.moment, _account.id,
                    _account.currency, _side, _amount, _versions[_slot],
                    -- Only of what does not balance can 100 lines lead beyond.
                    CASE WHEN abs(_balances[_slot]) < 1e80 THEN _balances[_slot] END, NULL
                )::ledger.entries
            );
        END LOOP;

        IF _answer.outcome IS NULL AND (_is_plain AND _difference = 0) IS NOT TRUE THEN
            _answer := ledger.judge_journal(_asked);
        END IF;
        IF _answer.outcome IS NULL THEN
            -- After all lines: their order does not matter.
            FOR _entry IN _first.._first + _count - 1 LOOP
                _slot := _slots[_entry];
                IF _balances[_slot] < (_accounts[_slot]).floor + (_accounts[_slot]).pending_out
                    OR _balances[_slot] > (_accounts[_slot]).ceiling - (_accounts[_slot]).pending_in
                    -- A balance has 78 digits, limit or no limit.
                    OR abs(_balances[_slot]) >= 1e78
                THEN
                    _answer.outcome := 'limit_exceeded';
                    _answer.details := jsonb_build_object('account', _names[_slot]);
                    EXIT;
                END IF;
            END LOOP;
        END IF;

        IF _answer.outcome IS NOT NULL THEN
            -- What its twin before it did is not to be seen yet: one by one it is.
            IF EXISTS (
                SELECT
                FROM unnest(_journals) AS twin
                WHERE twin.organization_id = (_asked ->> 'organization_id')::bigint
                    AND (
                        twin.idempotency_key = _asked ->> 'idempotency_key'
                        OR twin.reverses = (_asked ->> 'reverses')::bigint
                    )
            ) THEN
                RETURN NULL;
            END IF;
            FOR _entry IN _first..cardinality(_entries) LOOP
                _slot := _slots[_entry];
                _amount := (_entries[_entry]).amount;
                _balances[_slot] := _balances[_slot] - CASE (_entries[_entry]).side
                    WHEN (_accounts[_slot]).normal_side THEN _amount ELSE -_amount
                END;
                _versions[_slot] := _versions[_slot] - 1;
            END LOOP;
            _entries := _entries[:_first - 1];
            _slots := _slots[:_first - 1];
        ELSE
            _journals := array_append(_journals, _journal);
            FOR _entry IN _first.._first + _count - 1 LOOP
                _slot := _slots[_entry];
                _chains[_slot] := coalesce(_chains[_slot], (_accounts[_slot]).chain_hash)
                    || ledger.entry_image(
                        _entries[_entry],
                        CASE WHEN _entry = _first THEN ledger.journal_image(_journal) END
                    );
            END LOOP;
            _answer.outcome := 'posted';
            _answer.journal_id := _journal.public_id;
            _answer.recorded_at := _at.moment;
        END IF;
        _answer.journal_position := insert_journals.first_position + _nth - 1;
        _answers[_nth] := _answer;
    END LOOP;

    IF cardinality(_journals) > 0 THEN
        PERFORM ledger.write_journals(_journals, _entries, _slots, _versions, _chains);
    END IF;
    RETURN _answers;
END
$function$;

COMMENT ON FUNCTION ledger.insert_journals(jsonb, integer)
IS $comment$Post a batch whose keys are not used meanwhile, or raise.

NULL, and nothing posted, where a journal is refused that has the key, or takes back the same, as one
before it: what it is depends on that one.

Positions in its answers count from first_position. Each account is read and written once, however many
lines it has; what its lines do is followed in memory.
Private to post_batch() and resolve_hold(); post_journals() documents journals and outcomes.

Raises
  TL307  amount is not a whole number above zero
  23505  a key, or a reversal, was used meanwhile or is here twice$comment$;

COMMIT;
