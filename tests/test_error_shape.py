"""Whatever breaks, the answer has one shape, and neither it nor the log tells what the database said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import pytest

from service.errors import STATUS
from tests.conftest import Database
from tests.support import (
    BTC,
    ETH,
    PATH,
    Shop,
    add_key,
    assert_whole,
    create_merchant,
    execute,
    rows,
    serving,
)

TELLTALES = ("psycopg", "ERROR", "constraint", "DETAIL", "Traceback", "SQLSTATE", "pgtill_service")
TABLES = ("payment_requests ", "wallet_accounts", "idempotency_records", "asset_catalog", "api_keys")
VALUES = "c4n4ry"

ALLOCATE = "app.allocate_and_insert(jsonb, jsonb)"
GET = "app.get_payment_requests(bigint[], text[])"
FIND = "identity.find_api_key(text)"


def assert_shape(answer: httpx2.Response, status: int, code: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    body = answer.json()
    assert set(body) == {"error"}
    assert set(body["error"]) <= {"code", "message", "details"}
    assert body["error"]["code"] == code
    assert STATUS[code] == status
    for word in (*TELLTALES, *TABLES, "app.", "identity."):
        assert word not in answer.text
    if status == 503:
        assert int(answer.headers["retry-after"]) >= 1


def assert_log_is_clean(shop: Shop) -> None:
    text = shop.server.text
    for word in (VALUES, "DETAIL", "Key (", "bcrt1", "Failing row"):
        assert word not in text
    assert all(line.startswith("{") for line in text.splitlines()), "a line that is not JSON"


@contextmanager
def broken(shop: Shop, statement: str, mend: str) -> Iterator[None]:
    execute(shop.dsn, statement)
    try:
        yield
    finally:
        execute(shop.dsn, mend)


ORDER = BTC | {"metadata": {"note": VALUES}, "expected_amount_minor": "31337"}


@pytest.mark.parametrize(
    ("statement", "mend"),
    [
        (
            f"ALTER FUNCTION {ALLOCATE} RENAME TO gone",
            "ALTER FUNCTION app.gone RENAME TO allocate_and_insert",
        ),
        (
            f"REVOKE EXECUTE ON FUNCTION {ALLOCATE} FROM pgtill_service",
            f"GRANT EXECUTE ON FUNCTION {ALLOCATE} TO pgtill_service",
        ),
        (
            "REVOKE USAGE ON SCHEMA app FROM pgtill_service",
            "GRANT USAGE ON SCHEMA app TO pgtill_service",
        ),
        (
            "ALTER TABLE app.idempotency_records RENAME COLUMN request_hash TO gone",
            "ALTER TABLE app.idempotency_records RENAME COLUMN gone TO request_hash",
        ),
        (
            "ALTER TABLE app.payment_requests ADD CONSTRAINT odd CHECK (id = '') NOT VALID",
            "ALTER TABLE app.payment_requests DROP CONSTRAINT odd",
        ),
        (
            (
                "CREATE FUNCTION public.odd() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN "
                "RAISE EXCEPTION 'ERROR %', new.metadata USING DETAIL = new.address_canonical; END$$; "
                "CREATE TRIGGER odd BEFORE INSERT ON app.payment_requests FOR EACH ROW EXECUTE FUNCTION odd()"
            ),
            "DROP TRIGGER odd ON app.payment_requests; DROP FUNCTION public.odd()",
        ),
    ],
)
def test_a_post_that_the_database_cannot_carry_out_tells_nothing(
    shop: Shop, statement: str, mend: str
) -> None:
    before = assert_whole(shop.dsn)
    with broken(shop, statement, mend):
        answer = shop.post(ORDER, key=VALUES)
    code = "rule_violated" if "CHECK" in statement else "internal_error"
    assert_shape(answer, STATUS[code], code)
    assert "31337" not in answer.text
    assert_log_is_clean(shop)
    assert assert_whole(shop.dsn) == before
    assert shop.post(ETH).status_code == 201


def test_an_answer_that_makes_no_sense_is_an_internal_error(shop: Shop) -> None:
    body = shop.post(BTC).json()
    mend = rows(shop.dsn, f"SELECT pg_get_functiondef('{GET}'::regprocedure)")[0][0]
    nonsense = (
        "CREATE OR REPLACE FUNCTION "
        "app.get_payment_requests(organization_ids bigint[], payment_request_ids text[]) "
        "RETURNS TABLE (request_position integer, payment_request jsonb, wallet_account_id text) "
        "LANGUAGE sql STABLE SECURITY DEFINER "
        f"AS $$ SELECT 1, '{{\"{VALUES}\": 1}}'::jsonb, 'wa_x'::text $$"
    )
    with broken(shop, nonsense, mend):
        assert_shape(shop.client.get(f"{PATH}/{body['id']}"), 500, "internal_error")
    lines = shop.server.lines("unhandled error")
    assert lines[-1]["path"] == f"{PATH}/{body['id']}"
    assert "ValidationError" in lines[-1]["exception"]
    assert_log_is_clean(shop)


@pytest.mark.parametrize(
    ("statement", "mend"),
    [
        (f"ALTER FUNCTION {GET} RENAME TO gone", "ALTER FUNCTION app.gone RENAME TO get_payment_requests"),
        (
            f"REVOKE EXECUTE ON FUNCTION {GET} FROM pgtill_service",
            f"GRANT EXECUTE ON FUNCTION {GET} TO pgtill_service",
        ),
    ],
)
def test_a_get_that_the_database_cannot_carry_out_tells_nothing(
    shop: Shop, statement: str, mend: str
) -> None:
    with broken(shop, statement, mend):
        assert_shape(shop.client.get(f"{PATH}/pr_{VALUES}"), 500, "internal_error")
    assert_log_is_clean(shop)


def test_a_key_that_cannot_be_looked_up_tells_nothing(shop: Shop) -> None:
    fresh = add_key(shop.dsn, shop.merchant, ["assets:read"])
    mend = "ALTER FUNCTION identity.gone RENAME TO find_api_key"
    with broken(shop, f"ALTER FUNCTION {FIND} RENAME TO gone", mend):
        assert_shape(shop.client.get("/v1/assets", headers=fresh.headers), 500, "internal_error")
    assert shop.client.get("/v1/assets", headers=fresh.headers).status_code == 200
    assert fresh.key not in shop.server.text


def test_a_warning_of_the_database_makes_the_outcome_unknown(shop: Shop) -> None:
    warn = (
        "CREATE FUNCTION public.odd() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN "
        f"RAISE WARNING '{VALUES}'; RETURN NULL; END$$; "
        "CREATE TRIGGER odd AFTER INSERT ON app.payment_requests FOR EACH ROW EXECUTE FUNCTION odd()"
    )
    mend = "DROP TRIGGER odd ON app.payment_requests; DROP FUNCTION public.odd()"
    with broken(shop, warn, mend):
        answer = shop.post(ORDER, key="warned")
        assert_shape(answer, 503, "outcome_unknown")
        assert answer.json()["error"]["details"] == {"idempotency_key": "warned"}
    # It was carried out; whoever asks again is told.
    assert shop.post(ORDER, key="warned").status_code == 200
    assert_log_is_clean(shop)


def test_an_address_that_was_handed_out_before_is_never_handed_out_again(database: Database) -> None:
    """One order's failure: its neighbours of other accounts go on, the cursor stays where it is."""
    dsn = database.dsn()
    merchant = create_merchant(dsn)
    with (
        serving(database.dsn("pgtill_service")) as server,
        httpx2.Client(base_url=server.url, headers=merchant.headers) as client,
    ):
        assert client.post(PATH, json=BTC).status_code == 201
        # Somebody else's row with the next address.
        execute(
            dsn,
            "INSERT INTO app.wallet_accounts (id, chain, network, keyset_id, is_active, parent_key_digest) "
            "VALUES ('wa_stray', 'bitcoin', 'regtest', 'ks_stray', false, repeat('0', 64))",
            "INSERT INTO app.payment_requests SELECT (jsonb_populate_record(request, jsonb_build_object("
            "'id', 'pr_' || repeat('0', 24), 'wallet_account_id', 'wa_stray', 'derivation_index', 7, "
            "'address_canonical', 'bcrt1qez5c95gtfhmwrwqwc4zn9x2k693uj8jv0kme20'))).* "
            "FROM app.payment_requests AS request",
        )
        for _ in range(3):
            assert_shape(client.post(PATH, json=BTC), 500, "address_allocation_conflict")
        assert client.post(PATH, json=ETH).status_code == 201
        assert "bcrt1" not in server.text
    assert rows(dsn, "SELECT next_index FROM app.wallet_accounts WHERE id = 'wa_btc_regtest_001'") == [(1,)]


def test_an_account_bound_to_another_key_gives_no_address(database: Database) -> None:
    merchant = create_merchant(database.dsn())
    with (
        serving(database.dsn("pgtill_service")) as server,
        httpx2.Client(base_url=server.url, headers=merchant.headers) as client,
    ):
        assert client.post(PATH, json=BTC).status_code == 201
        execute(
            database.dsn(),
            "ALTER TABLE app.wallet_accounts DISABLE TRIGGER USER",
            "UPDATE app.wallet_accounts SET parent_key_digest = repeat('0', 64) WHERE network = 'regtest'",
        )
        assert_shape(client.post(PATH, json=BTC), 500, "wallet_account_key_mismatch")
        assert client.post(PATH, json=ETH).status_code == 201


def test_a_database_that_is_gone_is_503_and_alive_is_still_200(database: Database) -> None:
    merchant = create_merchant(database.dsn())
    with (
        serving(database.dsn("pgtill_service")) as server,
        httpx2.Client(base_url=server.url, headers=merchant.headers, timeout=30) as client,
    ):
        assert client.get("/v1/assets").status_code == 200
        execute(
            database.cluster.dsn(),
            f"ALTER DATABASE {database.name} ALLOW_CONNECTIONS false",
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database.name}'",
        )
        try:
            assert_shape(client.get("/readyz"), 503, "database_unavailable")
            assert client.get("/healthz").status_code == 200
            answer = client.post(PATH, json=BTC)
            assert answer.json()["error"]["code"] in ("database_unavailable", "outcome_unknown")
            assert_shape(answer, 503, answer.json()["error"]["code"])
        finally:
            execute(database.cluster.dsn(), f"ALTER DATABASE {database.name} ALLOW_CONNECTIONS true")


def test_every_refusal_counts_in_the_metrics(shop: Shop) -> None:
    shop.post(b"{")
    text = shop.client.get("/metrics").text
    assert 'http_refusals_total{code="invalid_request"}' in text
    assert shop.merchant.key not in text
    assert json.dumps(BTC) not in text
