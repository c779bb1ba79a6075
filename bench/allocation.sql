-- What pgbench needs to call app.allocate_and_insert() as the service does: real windows, new keys.
-- Created by bench/parts/allocation.py in a database of the bench alone.

CREATE SCHEMA bench;

-- Derived beforehand, by the service's own derivation.
CREATE TABLE bench.addresses (
    wallet_account_id text COLLATE "C" NOT NULL,
    derivation_index bigint NOT NULL,
    address text NOT NULL,
    CONSTRAINT addresses_pk PRIMARY KEY (wallet_account_id, derivation_index)
);

CREATE TABLE bench.accounts (
    position integer NOT NULL,
    wallet_account_id text COLLATE "C" NOT NULL,
    asset text NOT NULL,
    CONSTRAINT accounts_pk PRIMARY KEY (position)
);

-- Which batch this is: gives each its account, in turn, and its keys.
CREATE SEQUENCE bench.batches MINVALUE 0;

-- One call: a batch of orders with keys never used, and a window that begins at the cursor as this
-- session sees it and has a margin for what other sessions take meanwhile.
CREATE FUNCTION bench.allocate(orders integer, cursors integer, margin integer)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    _batch bigint := nextval('bench.batches');
    _account bench.accounts;
    _orders text;
    _windows text;
BEGIN
    SELECT account.* INTO STRICT _account
    FROM bench.accounts AS account
    WHERE account.position = _batch % allocate.cursors;

    -- As text, as it comes from the service.
    SELECT '[' || string_agg(
        format(
            '{"organization_id":1,"idempotency_key":"auto_idem_%s%s","request_hash":"%s","chain":"bitcoin",'
            '"network":"regtest","asset":"%s","expires_in_seconds":3600,"expected_amount_minor":"150000",'
            '"metadata":{"order":"A-1001"}}',
            lpad(to_hex(_batch), 16, '0'), lpad(to_hex(number), 8, '0'), repeat('a', 64), _account.asset
        ),
        ','
    ) || ']'
    INTO _orders
    FROM generate_series(1, allocate.orders) AS number;

    SELECT format(
        '[{"wallet_account_id":"%s","parent_key_digest":"%s","first_index":%s,"addresses":["%s"]}]',
        account.id, account.parent_key_digest, account.next_index,
        string_agg(item.address, '","' ORDER BY item.derivation_index)
    )
    INTO _windows
    FROM app.wallet_accounts AS account
    INNER JOIN bench.addresses AS item
        ON item.wallet_account_id = account.id
        AND item.derivation_index >= account.next_index
        AND item.derivation_index < account.next_index + allocate.orders + allocate.margin
    WHERE account.id = _account.wallet_account_id
    GROUP BY account.id;

    RETURN (
        SELECT count(*)
        FROM app.allocate_and_insert(orders => _orders::jsonb, windows => _windows::jsonb) AS answer
        WHERE answer.outcome = 'created'
    );
END
$function$;

GRANT USAGE ON SCHEMA bench TO pgtill_service;
