"""`pgtill verify` is silent when all is well and names what is not: each promise is broken here once."""

from __future__ import annotations

import json
from pathlib import Path
from threading import Thread
from typing import Any

import psycopg
import pytest

from tests.conftest import Database
from tests.derivation.support import TPUB
from tests.support import (
    BTC,
    ETH,
    USDT,
    Done,
    Shop,
    command_here,
    create_merchant,
    environment,
    execute,
    rows,
    wait_until,
)

# A log of acknowledged answers


@pytest.fixture(scope="module")
def answers(shop: Shop) -> list[dict[str, Any]]:
    """What a client of the shop wrote down: created, replayed and refused answers."""
    log = []
    for key, order in (("a", BTC), ("b", ETH), ("c", USDT), ("a", BTC), ("b", BTC)):
        answer = shop.post(order | {"expected_amount_minor": "1" + 25 * "0"}, key=key)
        log.append(
            {
                "organization_id": shop.merchant.public_id,
                "key": key,
                "status": answer.status_code,
                "body": answer.text,
            }
        )
    assert [line["status"] for line in log] == [201, 201, 201, 200, 409]
    return log


def verify(dsn: str, log: list[dict[str, Any]] | None = None, *, folder: Path | None = None) -> Done:
    arguments = []
    if log is not None:
        assert folder is not None
        path = folder / "acknowledged.jsonl"
        path.write_text("".join(json.dumps(line) + "\n" for line in log))
        arguments = ["--acknowledged", str(path)]
    return command_here("verify", "--json", *arguments, env=environment(dsn))


def found(done: Done) -> list[tuple[str, str]]:
    """Rule and subject of every breach."""
    answer = done.json()
    assert done.status == (0 if answer["good"] else 1)
    breaches = [
        (breach["rule"], breach["subject"]) for check in answer["checks"] for breach in check["breaches"]
    ]
    assert answer["good"] == (breaches == [])
    return breaches


def test_a_log_of_what_was_answered_is_held_and_all_is_well(
    shop: Shop, answers: list[dict[str, Any]], tmp_path: Path
) -> None:
    done = verify(shop.dsn, answers, folder=tmp_path)
    assert found(done) == []
    checks = {check["name"]: check for check in done.json()["checks"]}
    assert list(checks) == [
        *("app.anomalies", "ledger.anomalies", "paths.anomalies", "wallets.anomalies"),
        *("sync events", "ledger chains", "acknowledged answers", "sessions", "statistics"),
    ]
    assert checks["acknowledged answers"]["checked"] == 4  # what was refused promised nothing


@pytest.mark.parametrize(
    ("change", "breach"),
    [
        ({"key": "z"}, ("answer_lost", "z")),
        ({"organization_id": "org_" + 24 * "0"}, ("answer_lost", "a")),
        ({"body": "{}"}, ("answer_differs", "a")),
    ],
)
def test_one_answer_that_is_not_there_is_found(
    shop: Shop, answers: list[dict[str, Any]], tmp_path: Path, change: dict[str, str], breach: tuple[str, str]
) -> None:
    assert found(verify(shop.dsn, [*answers[1:], answers[0] | change], folder=tmp_path)) == [breach]


def test_an_answer_that_differs_by_one_byte_is_found(
    shop: Shop, answers: list[dict[str, Any]], tmp_path: Path
) -> None:
    amount = answers[0]["body"].replace('"1' + 25 * "0", '"1' + 24 * "0" + "1")
    space = answers[1]["body"].replace(",", ", ", 1)
    log = [answers[0] | {"body": amount}, answers[1] | {"body": space}, answers[2]]
    assert found(verify(shop.dsn, log, folder=tmp_path)) == [("answer_differs", "a"), ("answer_differs", "b")]


def test_a_key_that_was_created_twice_is_found(
    shop: Shop, answers: list[dict[str, Any]], tmp_path: Path
) -> None:
    assert found(verify(shop.dsn, [answers[0], answers[0]], folder=tmp_path)) == [("created_twice", "a")]


def test_a_log_that_cannot_be_read_is_no_good_news(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text('{"organization_id": "org_1", "key": "a", "status": 201, "body": ""}\n{"key"')
    done = command_here("verify", "--acknowledged", str(path), env=environment(shop.dsn))
    assert (done.status, done.out) == (1, "")
    assert "line 2" in done.err


# What the database says of itself


@pytest.mark.parametrize(
    ("sabotage", "rule"),
    [
        (
            "UPDATE app.wallet_accounts SET next_index = next_index + 1 WHERE next_index > 0",
            "cursor_is_not_count",
        ),
        (
            """
            ALTER TABLE app.payment_requests DISABLE TRIGGER USER;
            UPDATE app.payment_requests SET expected_amount_minor = 2
            """,
            "first_answer_differs",
        ),
        ("DELETE FROM app.idempotency_records", "payment_request_without_key"),
        (
            """
            ALTER TABLE app.wallet_account_sync_events DISABLE TRIGGER USER;
            UPDATE app.wallet_account_sync_events SET action = 'rotated' WHERE id = 1
            """,
            "sync_event_broken",
        ),
        (
            """
            ALTER TABLE ledger.journals DISABLE TRIGGER USER;
            UPDATE ledger.journals SET reason = 'another'
            """,
            "ledger_link_broken",
        ),
        (
            """
            CREATE SCHEMA "Later";
            CREATE VIEW "Later".anomalies AS
            SELECT 'late'::text AS rule, n::text AS subject, ''::text AS detail FROM generate_series(1, 500) n;
            GRANT USAGE ON SCHEMA "Later" TO pgtill_operator;
            GRANT SELECT ON "Later".anomalies TO pgtill_operator
            """,
            "late",
        ),
    ],
    ids=lambda value: value if value.isidentifier() else "",
)
def test_what_somebody_changed_behind_its_back_is_found(database: Database, sabotage: str, rule: str) -> None:
    dsn = database.dsn()
    merchant = create_merchant(dsn)
    hand_out_by_hand(dsn, merchant.organization_id)
    post_by_hand(dsn, merchant.organization_id)
    assert found(verify(dsn)) == []
    execute(dsn, sabotage)
    done = verify(dsn)
    assert {name for name, _ in found(done)} == {rule}
    told = command_here("verify", env=environment(dsn))
    assert told.status == 1
    assert f"{rule}, " in told.out
    counts = [check["breach_count"] for check in done.json()["checks"] if check["breaches"]]
    if rule == "late":  # five hundred of them: all are counted, the first hundred are told
        assert counts == [500]
        assert told.out.count("BREACH") == 101


def hand_out_by_hand(dsn: str, organization_id: int) -> None:
    """One payment request and one sync event, without a service."""
    digest = 64 * "a"
    rows(
        dsn,
        "SELECT event_id FROM app.sync_wallet_account(%s, %s, %s, %s, %s, '{}', %s)",
        *("ethereum", "sepolia", "ks_eth_sepolia", digest, digest, "0x" + 40 * "1"),
    )
    order = ETH | {"organization_id": organization_id, "idempotency_key": "k", "request_hash": digest}
    account = {"wallet_account_id": "wa_eth_sepolia_001", "parent_key_digest": digest, "first_index": 0}
    answer = rows(
        dsn,
        "SELECT outcome FROM app.allocate_and_insert(%s, %s)",
        *(json.dumps([order]), json.dumps([account | {"addresses": ["0x" + 40 * "1"]}])),
    )
    assert answer == [("created",)]


def post_by_hand(dsn: str, organization_id: int) -> None:
    """Two accounts and a journal between them."""
    named = [
        {"organization_id": organization_id, "name": name, "type": "asset", "currency": "USD"}
        for name in ("cash", "bank")
    ]
    rows(dsn, "SELECT outcome FROM ledger.open_accounts(%s)", json.dumps(named))
    ids = [name for (name,) in rows(dsn, "SELECT public_id FROM ledger.accounts ORDER BY id")]
    journal = {
        "organization_id": organization_id,
        "idempotency_key": "k",
        "request_hash": 64 * "a",
        "reason": "by hand",
        "actor": "test",
        "lines": [
            {"account": account, "side": side, "amount": "1"}
            for account, side in zip(ids, ("DEBIT", "CREDIT"), strict=True)
        ],
    }
    assert rows(dsn, "SELECT outcome FROM ledger.post_journals(%s)", json.dumps([journal])) == [("posted",)]


def test_a_view_that_the_operator_may_not_read_is_no_good_news(database: Database) -> None:
    execute(database.dsn(), "REVOKE SELECT ON app.anomalies FROM pgtill_operator")
    done = command_here("verify", "--json", env=environment(database.dsn()))
    assert (done.status, done.out) == (1, "")


# Who is stuck


def test_sessions_that_wait_or_idle_for_seconds_are_named(database: Database) -> None:
    dsn = database.dsn()
    lock = "SELECT pg_advisory_lock(1)"
    with (
        # What a session of the operator's own role does, an operator may see.
        psycopg.connect(database.dsn("pgtill_operator")) as holder,
        psycopg.connect(dsn, autocommit=True) as waiter,
    ):
        holder.execute(lock)
        waiting = Thread(target=waiter.execute, args=(lock,))
        waiting.start()
        try:
            waited = "SELECT count(*) FROM pg_locks WHERE waitstart < clock_timestamp() - interval '5.5 s'"
            wait_until(lambda: rows(dsn, waited) == [(1,)])
            assert found(verify(dsn)) == [
                ("lock_waited_for", f"pid {waiter.info.backend_pid}"),
                ("idle_in_transaction", f"pid {holder.info.backend_pid}"),
            ]
        finally:
            holder.close()
            waiting.join()
    assert found(verify(dsn)) == []


# What statistics tell


def test_a_key_in_a_statement_is_named_and_not_told_again(database: Database) -> None:
    key = create_merchant(database.dsn()).key
    with psycopg.connect(database.dsn("pgtill_operator"), autocommit=True) as session:
        for secret in (key, TPUB):
            session.execute("SELECT 1")
            assert found(verify(database.dsn())) == []
            session.execute(f"SELECT '{secret}'".encode())
            done = verify(database.dsn())
            assert found(done) == [("secret_in_statistics", f"pid {session.info.backend_pid}")]
            assert secret not in done.out
