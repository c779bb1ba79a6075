-- Deploy pgtill:functions/ledger/new_journal to pg
-- requires: tables/ledger/journals

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.new_journal(asked jsonb, line_count integer, moment timestamptz)
RETURNS ledger.journals
LANGUAGE sql
VOLATILE
RETURN row(
    nextval('ledger.journals_id_seq'),
    -- In order of time, as payment requests: new rows meet on the same pages of an index.
    'jrn_'
    || lpad(to_hex((extract(EPOCH FROM moment) * 1000)::bigint), 12, '0')
    || right(gen_random_uuid()::text, 12),
    (asked ->> 'organization_id')::bigint,
    asked ->> 'idempotency_key',
    decode(asked ->> 'request_hash', 'hex'),
    asked ->> 'reason',
    asked ->> 'actor',
    coalesce((asked ->> 'event_at')::timestamptz, moment),
    moment,
    asked ->> 'payment_reference',
    (asked ->> 'reverses')::bigint,
    line_count::smallint
)::ledger.journals;

COMMENT ON FUNCTION ledger.new_journal(jsonb, integer, timestamptz)
IS $comment$The row of a journal that is about to be posted, with an id of its own.

Private to insert_journals(); post_journals() documents what is asked.$comment$;

COMMIT;
