-- Deploy pgtill:functions/ledger/insert_journals to pg
-- requires: functions/ledger/lock_accounts
-- requires: functions/ledger/find_answer
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
    -- Of accounts: a slot is one's place in each of these.
    _names text[] := _at.names;
    _owners bigint[] := _at.owners;
    _ids bigint[] := _at.ids;
    _currencies text[] := _at.currencies;
    _normal_sides ledger.side[] := _at.sides;
    _versions bigint[] := _at.versions;
    _balances numeric[] := _at.balances;
    _lowest numeric[] := _at.lowest;
    _highest numeric[] := _at.highest;
    _chains bytea[] := _at.chains;
    -- Of the lines of one journal.
    _slots integer[];
    _sides ledger.side[];
    _changes numeric[];
    _balances_after numeric[];
    -- Of all that will be written.
    _journals ledger.journals[] := ARRAY[]::ledger.journals[];
    _entries ledger.entries[] := ARRAY[]::ledger.entries[];
    _entry_slots integer[] := ARRAY[]::integer[];
    _answers ledger.journal_answer[] := ARRAY[]::ledger.journal_answer[];
    _asked jsonb;
    _written jsonb;
    _count integer;
    _slot integer;
    _amount numeric;
    _difference numeric;
    _is_plain boolean;
    _answer ledger.journal_answer;
    _journal ledger.journals;
    _entry ledger.entries;
BEGIN
    FOR _nth IN 1..jsonb_array_length(insert_journals.journals) LOOP
        _asked := insert_journals.journals -> (_nth - 1);
        _answer := ledger.find_answer(_asked);
        _slots := ARRAY[]::integer[];
        _count := CASE WHEN _answer.outcome IS NULL THEN jsonb_array_length(_asked -> 'lines') END;
        _difference := 0;
        _is_plain := _count > 0;

        FOR _line IN 1..coalesce(_count, 0) LOOP
            _written := _asked -> 'lines' -> (_line - 1);
            _slot := array_position(_names, _written ->> 'account');
            _amount := (_written ->> 'amount')::numeric;
            -- Nearly every line is plain. What is not, judge_journal() has a word for.
            _is_plain := _owners[_slot] = (_asked ->> 'organization_id')::bigint
                AND coalesce(_written ->> 'currency' = _currencies[_slot], TRUE)
                AND _amount > 0
                AND _amount < 1e78
                AND _amount = trunc(_amount);
            EXIT WHEN _is_plain IS NOT TRUE;
            _slots[_line] := _slot;
            _sides[_line] := (_written ->> 'side')::ledger.side;
            _difference := _difference + CASE _sides[_line] WHEN 'DEBIT' THEN _amount ELSE -_amount END;
            _changes[_line] := CASE _sides[_line] WHEN _normal_sides[_slot] THEN _amount ELSE -_amount END;
            _balances[_slot] := _balances[_slot] + _changes[_line];
            _balances_after[_line] := _balances[_slot];
            IF _currencies[_slot] <> _currencies[_slots[1]] THEN
                _difference := NULL;
            END IF;
        END LOOP;

        IF _answer.outcome IS NULL AND (_is_plain AND _difference = 0) IS NOT TRUE THEN
            _answer := ledger.judge_journal(_asked);
        END IF;
        IF _answer.outcome IS NULL THEN
            -- After all lines: their order does not matter.
            FOREACH _slot IN ARRAY _slots LOOP
                IF _balances[_slot] < _lowest[_slot] OR _balances[_slot] > _highest[_slot] THEN
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
            FOR _line IN 1..cardinality(_slots) LOOP
                _balances[_slots[_line]] := _balances[_slots[_line]] - _changes[_line];
            END LOOP;
        ELSE
            _journal := ledger.new_journal(_asked, _count, _at.moment);
            _journals := array_append(_journals, _journal);
            _entry.journal_id := _journal.id;
            _entry.line_count := _count::smallint;
            _entry.organization_id := _journal.organization_id;
            _entry.recorded_at := _at.moment;
            FOR _line IN 1.._count LOOP
                _slot := _slots[_line];
                _versions[_slot] := _versions[_slot] + 1;
                _entry.line := _line::smallint;
                _entry.account_id := _ids[_slot];
                _entry.currency := _currencies[_slot];
                _entry.side := _sides[_line];
                _entry.amount := abs(_changes[_line]);
                _entry.version := _versions[_slot];
                _entry.balance_after := _balances_after[_line];
                _chains[_slot] := _chains[_slot] || ledger.entry_image(
                    _entry, CASE WHEN _line = 1 THEN ledger.journal_image(_journal) END
                );
                _entries := array_append(_entries, _entry);
                _entry_slots := array_append(_entry_slots, _slot);
            END LOOP;
            _answer.outcome := 'posted';
            _answer.journal_id := _journal.public_id;
            _answer.recorded_at := _at.moment;
        END IF;
        _answer.journal_position := insert_journals.first_position + _nth - 1;
        _answers := array_append(_answers, _answer);
    END LOOP;

    IF cardinality(_journals) > 0 THEN
        PERFORM ledger.write_journals(_journals, _entries, _entry_slots, _versions, _chains);
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
