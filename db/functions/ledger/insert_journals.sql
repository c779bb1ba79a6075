-- Deploy pgtill:functions/ledger/insert_journals to pg
-- requires: functions/ledger/continue_accounts
-- requires: functions/ledger/check_journal
-- requires: functions/ledger/judge_journal
-- requires: functions/ledger/entry_image
-- requires: functions/ledger/journal_image

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.insert_journals(journals jsonb, first_position integer)
RETURNS TABLE (
    journal_position integer,
    outcome text,
    journal_id text,
    recorded_at timestamptz,
    details jsonb
)
LANGUAGE plpgsql
VOLATILE
AS $function$
#variable_conflict error
DECLARE
    -- The accounts in the order of their ids: a slot is a place in each of these arrays.
    _names text[];
    _owners bigint[];
    _ids bigint[];
    _currencies text[];
    _sides ledger.side[];
    _versions bigint[];
    _balances numeric[];
    _hashes bytea[];
    _images bytea[];
    _slot integer;
    _moment timestamptz;
    _asked record;
    _journal ledger.journals;
    _journals ledger.journals[] := ARRAY[]::ledger.journals[];
    _entry ledger.entries;
    _entries ledger.entries[] := ARRAY[]::ledger.entries[];
    _entry_slots integer[] := ARRAY[]::integer[];
BEGIN
    -- Lock order 7: accounts, by id. Who holds one is alone in its history until commit.
    SELECT
        array_agg(locked.public_id),
        array_agg(locked.organization_id),
        array_agg(locked.id),
        array_agg(locked.currency),
        array_agg(locked.normal_side),
        array_agg(locked.version),
        array_agg(locked.balance::numeric),
        array_agg(locked.chain_hash),
        array_agg(''::bytea),
        -- Never earlier than what an account knows: along its history time does not go back.
        greatest(clock_timestamp(), max(locked.posted_at))
    INTO _names, _owners, _ids, _currencies, _sides, _versions, _balances, _hashes, _images, _moment
    FROM (
        SELECT account.*
        FROM ledger.accounts AS account
        WHERE account.public_id = ANY (ARRAY(
                SELECT line.entry ->> 'account'
                FROM jsonb_array_elements(insert_journals.journals) AS item (journal)
                CROSS JOIN LATERAL jsonb_array_elements(item.journal -> 'lines') AS line (entry)
            ))
            -- Nobody waits for whoever only names an account of theirs.
            AND account.organization_id = ANY (ARRAY(
                SELECT (item.journal ->> 'organization_id')::bigint
                FROM jsonb_array_elements(insert_journals.journals) AS item (journal)
            ))
        ORDER BY account.id
        FOR NO KEY UPDATE
    ) AS locked;

    _journal.recorded_at := _moment;
    _entry.recorded_at := _moment;
    journal_position := insert_journals.first_position - 1;

    FOR _asked IN
        SELECT
            item.journal,
            known.public_id AS known_id,
            known.recorded_at AS known_at,
            known.request_hash AS known_hash,
            written.line_count,
            written.slots,
            written.sides,
            written.amounts,
            written.is_plain
        FROM jsonb_array_elements(insert_journals.journals) WITH ORDINALITY AS item (journal, nth)
        LEFT JOIN LATERAL (
            SELECT earlier.public_id, earlier.recorded_at, earlier.request_hash
            FROM ledger.journals AS earlier
            WHERE earlier.organization_id = (item.journal ->> 'organization_id')::bigint
                AND earlier.idempotency_key = item.journal ->> 'idempotency_key'
            LIMIT 1
        ) AS known ON TRUE
        CROSS JOIN LATERAL (
            SELECT
                count(*) AS line_count,
                array_agg(placed.slot) AS slots,
                array_agg(placed.side) AS sides,
                array_agg(placed.amount) AS amounts,
                -- Nearly every journal: known accounts, whole amounts, one currency, balanced.
                bool_and(
                    _owners[placed.slot] = (item.journal ->> 'organization_id')::bigint
                    AND coalesce(placed.currency = _currencies[placed.slot], TRUE)
                    AND placed.amount > 0
                    AND placed.amount = trunc(placed.amount)
                )
                AND bool_and(placed.slot IS NOT NULL)
                AND min(_currencies[placed.slot]) = max(_currencies[placed.slot])
                AND sum(CASE placed.side WHEN 'DEBIT' THEN placed.amount ELSE -placed.amount END) = 0
                    AS is_plain
            FROM (
                SELECT line.*, array_position(_names, line.account) AS slot
                FROM jsonb_to_recordset(item.journal -> 'lines') AS line (
                    account text, side ledger.side, amount numeric, currency text
                )
            ) AS placed
        ) AS written
        ORDER BY item.nth
    LOOP
        journal_position := journal_position + 1;
        _journal.request_hash := decode(_asked.journal ->> 'request_hash', 'hex');

        IF _asked.known_id IS NOT NULL THEN
            outcome := 'replayed';
            journal_id := _asked.known_id;
            recorded_at := _asked.known_at;
            details := NULL;
            IF _asked.known_hash <> _journal.request_hash THEN
                outcome := 'idempotency_key_conflict';
                journal_id := NULL;
                recorded_at := NULL;
            END IF;
            RETURN NEXT;
            CONTINUE;
        END IF;

        IF _asked.is_plain IS NOT TRUE THEN
            journal_id := NULL;
            recorded_at := NULL;
            SELECT refused.outcome, refused.details
            INTO outcome, details
            FROM ledger.judge_journal(_asked.journal) AS refused;
            IF FOUND THEN
                RETURN NEXT;
                CONTINUE;
            END IF;
        END IF;

        _journal.id := nextval('ledger.journals_id_seq');
        -- In order of time, as payment requests: new rows meet on the same pages of an index.
        _journal.public_id := 'jrn_'
            || lpad(to_hex((extract(EPOCH FROM _moment) * 1000)::bigint), 12, '0')
            || right(gen_random_uuid()::text, 12);
        _journal.organization_id := (_asked.journal ->> 'organization_id')::bigint;
        _journal.idempotency_key := _asked.journal ->> 'idempotency_key';
        _journal.reason := _asked.journal ->> 'reason';
        _journal.actor := _asked.journal ->> 'actor';
        _journal.event_at := coalesce((_asked.journal ->> 'event_at')::timestamptz, _moment);
        _journal.payment_reference := _asked.journal ->> 'payment_reference';
        _journal.reverses := (_asked.journal ->> 'reverses')::bigint;
        _journal.line_count := _asked.line_count::smallint;
        _journals := array_append(_journals, _journal);

        _entry.journal_id := _journal.id;
        _entry.line_count := _journal.line_count;
        _entry.organization_id := _journal.organization_id;
        FOR _line IN 1.._asked.line_count::integer LOOP
            _slot := _asked.slots[_line];
            _entry.line := _line::smallint;
            _entry.account_id := _ids[_slot];
            _entry.currency := _currencies[_slot];
            _entry.side := _asked.sides[_line];
            _entry.amount := _asked.amounts[_line];
            _entry.version := _versions[_slot] + 1;
            _entry.balance_after := _balances[_slot]
                + CASE WHEN _entry.side = _sides[_slot] THEN _entry.amount ELSE -_entry.amount END;
            _versions[_slot] := _entry.version;
            _balances[_slot] := _entry.balance_after;
            _images[_slot] := _images[_slot] || ledger.entry_image(
                _entry, CASE WHEN _line = 1 THEN ledger.journal_image(_journal) END
            );
            _entries := array_append(_entries, _entry);
            _entry_slots := array_append(_entry_slots, _slot);
        END LOOP;

        outcome := 'posted';
        journal_id := _journal.public_id;
        recorded_at := _moment;
        details := NULL;
        RETURN NEXT;
    END LOOP;

    -- Lock order 8: keys, in the order of their index. One statement: the constraint that journals
    -- balance holds at its end already, should the caller have made it immediate.
    WITH recorded AS (
        INSERT INTO ledger.journals (
            id, public_id, organization_id, idempotency_key, request_hash, reason, actor, event_at,
            recorded_at, payment_reference, reverses, line_count
        )
        OVERRIDING SYSTEM VALUE
        SELECT made.*
        FROM unnest(_journals) AS made
        ORDER BY made.organization_id, made.idempotency_key
    )

    INSERT INTO ledger.entries (
        journal_id, line, line_count, organization_id, recorded_at, account_id, currency, side,
        amount, version, balance_after, chain_hash
    )
    SELECT
        made.journal_id, made.line, made.line_count, made.organization_id, made.recorded_at,
        made.account_id, made.currency, made.side, made.amount, made.version, made.balance_after,
        CASE WHEN made.version = _versions[slots.slot] THEN
            sha256(_hashes[slots.slot] || _images[slots.slot])
        END
    FROM unnest(_entries) WITH ORDINALITY AS made
    INNER JOIN unnest(_entry_slots) WITH ORDINALITY AS slots (slot, nth)
        ON slots.nth = made.ordinality;
END
$function$;

COMMENT ON FUNCTION ledger.insert_journals(jsonb, integer)
IS $comment$Post a batch that passes no limit and whose keys are not used meanwhile, or raise.

Answers as post_journals(), positions counted from first_position. In a batch each account is read and
written once, however many lines it has.
Private to post_journals(), which documents journals and outcomes.$comment$;

COMMIT;
