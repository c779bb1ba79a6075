-- Deploy pgtill:functions/app/allocate_and_insert to pg
-- requires: functions/app/insert_allocations

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.allocate_and_insert(orders jsonb, windows jsonb)
RETURNS TABLE (
    order_position integer,
    outcome text,
    payment_request jsonb,
    wallet_account_id text,
    next_index bigint
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
    _has_foreign_window boolean;
    _foreign_window text;
    _constraint text;
BEGIN
    -- The session may have lowered it; an answer that a failover takes back is an address given twice.
    IF current_setting('synchronous_commit') NOT IN ('on', 'remote_apply') THEN
        PERFORM set_config('synchronous_commit', 'on', TRUE);
    END IF;

    -- Lock order 1: cursors, by id. Who holds a cursor's row is alone in its account until commit.
    -- None is left out: a window that meets no row of its key is refused.
    WITH
    named AS MATERIALIZED (
        SELECT
            item.span ->> 'wallet_account_id' AS id,
            item.span ->> 'parent_key_digest' AS parent_key_digest
        FROM jsonb_array_elements(allocate_and_insert.windows) AS item (span)
    ),
    held AS MATERIALIZED (
        SELECT account.id, account.parent_key_digest
        FROM app.wallet_accounts AS account
        WHERE account.id IN (SELECT named.id FROM named)
        ORDER BY account.id
        FOR NO KEY UPDATE
    )
    SELECT count(*) > 0, min(named.id)
    INTO _has_foreign_window, _foreign_window
    FROM named
    LEFT JOIN held ON named.id = held.id AND named.parent_key_digest = held.parent_key_digest
    WHERE held.parent_key_digest IS NULL;

    IF _has_foreign_window THEN
        RAISE EXCEPTION 'window is not of the key that its wallet account is bound to'
            USING
                ERRCODE = 'TL003',
                DETAIL = format('wallet_account_id is %L', _foreign_window);
    END IF;

    -- Lock order 2: keys, in the order of the primary key. Each lost race shows one more key.
    FOR _attempt IN 0..jsonb_array_length(allocate_and_insert.orders) LOOP
        BEGIN
            RETURN QUERY
            SELECT
                answer.order_position,
                answer.outcome,
                answer.payment_request,
                answer.wallet_account_id,
                answer.next_index
            FROM app.insert_allocations(
                allocate_and_insert.orders, allocate_and_insert.windows
            ) AS answer;
            RETURN;
        EXCEPTION WHEN unique_violation THEN
            GET STACKED DIAGNOSTICS _constraint = CONSTRAINT_NAME;
            IF _constraint <> 'idempotency_records_pk' THEN
                RAISE;
            END IF;
        END;
    END LOOP;

    RAISE EXCEPTION 'an idempotency key was used meanwhile'
        USING
            ERRCODE = 'serialization_failure',
            HINT = 'Call again in a new transaction.';
END
$function$;

COMMENT ON FUNCTION app.allocate_and_insert(jsonb, jsonb)
IS
$comment$Hand out the next address of a wallet account to each order of a batch, and record it.

orders   [{organization_id, idempotency_key, request_hash, chain, network, asset,
         expected_amount_minor?, expires_in_seconds?, metadata?}, ...]
windows  [{wallet_account_id, parent_key_digest, first_index, addresses: [...]}, ...]
         canonical addresses of consecutive indexes, one window an account

Answers one row an order, in order. Each outcome leaves its neighbours alone:
  created                   payment_request is new; it owns the next index of its account
  replayed                  the key was used for the same request; payment_request is the first answer
  idempotency_key_conflict  the key was used for another request
  unsupported_network       no enabled asset on that chain and network
  unsupported_asset         no such asset enabled there
  window_missed             nothing was done: derive from next_index of wallet_account_id, call again
  wallet_exhausted          the account has handed out index 2^31 - 1
wallet_account_id is the account the address is of; of a replay that may be a former one. next_index
is where the cursor of the asset's present account stands after this call, else NULL.

Its commit waits for the disk and for synchronous standbys, even where the session asked for less.
Indexes are taken in input order without a hole; only created orders take one. Of two orders with
one key in a batch, the second is a replay or a conflict. All or nothing with the caller's
transaction; serial per account, accounts locked in the order of their ids.

Raises
  TL003  window is not of the key that its wallet account is bound to
  22003  an amount has more than 78 digits
  23502  an order lacks a field
  23505  an address was handed out before (payment_requests_address_unique)
  23514  an order or an address breaks a rule of its table
  40001  an idempotency key was used meanwhile (above READ COMMITTED): call again
  55P03  another session holds the cursor for longer than lock_timeout$comment$;

GRANT EXECUTE ON FUNCTION app.allocate_and_insert(jsonb, jsonb) TO pgtill_service;

COMMIT;
