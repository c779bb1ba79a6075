"""`pgtill verify` is silent when all is well and names what is not: each promise is broken here once."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Thread
from typing import Any

import httpx2
import psycopg
import pytest

from service.auth import SCOPES, make_key
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


# What other areas answer, in the log

HOLDS = "/v1/ledger/holds"


@pytest.fixture(scope="module")
def promises(shop: Shop) -> dict[str, dict[str, Any]]:
    """What an owner was answered by the other areas, by a name of it."""
    owner, journal = an_owner(shop), "/v1/ledger/journals"
    wallet = {"user_id": owner.user_id, "provider": "fincra", "provider_account_id": "a"}
    path = {"wallet_version": 1}
    lines = [
        {"account": account, "side": side, "amount": "1"}
        for account, side in zip(owner.accounts, ("DEBIT", "CREDIT"), strict=True)
    ]
    many = [{"idempotency_key": key, "reason": "many", "lines": lines} for key in ("j3", "j4", "j3")]
    account = {"name": "till", "type": "asset", "currency": "USD"}
    held = dict(zip(("debit_account", "credit_account"), owner.accounts, strict=True))
    held |= {"amount": "5", "reason": "held"}
    holds = [owner.ask(HOLDS, held | {"expires_in_seconds": 600}, key) for key in ("h1", "h2")]
    settle, release = (
        f"{HOLDS}/{json.loads(hold['body'])['id']}/{end}"
        for hold, end in zip(holds, ("settle", "release"), strict=True)
    )
    posted = owner.ask(journal, {"reason": "one", "lines": lines}, "j1")
    reverse = f"{journal}/{json.loads(posted['body'])['id']}/reverse"
    return {
        "first account": owner.opened,
        "account": owner.ask("/v1/ledger/accounts", account, None),
        "account again": owner.ask("/v1/ledger/accounts", account, None),
        "hold": holds[0],
        "hold again": owner.ask(HOLDS, held | {"expires_in_seconds": 600}, "h1"),
        "settled": owner.ask(settle, {"reason": "done", "amount": "3"}, "s1"),
        "settled again": owner.ask(settle, {"reason": "done", "amount": "3"}, "s1"),
        "released": owner.ask(release, {"reason": "never mind"}, "h1"),  # a key of a hold is no key of an end
        "reversal": owner.ask(reverse, {"reason": "a mistake"}, "r1"),
        "wallet": owner.ask("/v1/wallets", wallet, "k1"),
        "wallet again": owner.ask("/v1/wallets", wallet, "k2"),
        "wallet without a key": owner.ask("/v1/wallets", wallet | {"provider_account_id": "b"}, None),
        "path": owner.ask("/v1/paths", path | {"base_path": f"{owner.index}.1"}, "k1"),
        "paths": owner.ask("/v1/paths/batch", path | {"paths": [{"base_path": f"{owner.index}.2"}]}, "k2"),
        "journal": posted,
        "journal again": owner.ask(journal, {"reason": "one", "lines": lines}, "j1"),
        "journals": owner.ask(journal, many, None),
    }


@dataclass(frozen=True)
class Owner:
    """Somebody who may write everywhere, with two accounts and a manufacturer."""

    shop: Shop
    organization_id: str
    user_id: str
    key: str
    accounts: list[str] = field(default_factory=list)
    index: int = 0
    opened: dict[str, Any] = field(default_factory=dict)
    """What was answered when the first account was opened."""

    def send(self, path: str, body: Any, key: str | None = None) -> httpx2.Response:
        headers = {"authorization": f"Bearer {self.key}"} | ({"idempotency-key": key} if key else {})
        answer = self.shop.client.post(path, json=body, headers=headers)
        assert answer.status_code in (200, 201), answer.text
        return answer

    def ask(self, path: str, body: Any, key: str | None) -> dict[str, Any]:
        """The answer as a line of the log."""
        answer = self.send(path, body, key)
        line = {"organization_id": self.organization_id, "path": path, "key": key}
        return line | {"status": answer.status_code, "body": answer.text}


def an_owner(shop: Shop) -> Owner:
    dsn, public_id, key = shop.dsn, shop.merchant.public_id, make_key()
    create = "SELECT user_id FROM identity.create_user(%s, 'owner@example.org', 'owner')"
    [[user_id]] = rows(dsn, create, public_id)
    rows(
        dsn,
        "SELECT identity.create_api_key(%s, %s, %s, %s, %s)",
        *(public_id, key.key_id, key.secret_hash, list(SCOPES), user_id),
    )
    owner = Owner(shop, public_id, user_id, key.text)
    account = {"type": "asset", "currency": "USD"}
    accounts = [owner.ask("/v1/ledger/accounts", account | {"name": name}, None) for name in ("cash", "bank")]
    maker = owner.send("/v1/manufacturers", {"wallet_version": 1, "manufacturer_name": "IKEA"})
    return replace(
        owner,
        accounts=[json.loads(each["body"])["id"] for each in accounts],
        index=maker.json()["manufacturer_index"],
        opened=accounts[0],
    )


def test_promises_of_every_area_are_held_and_all_is_well(
    shop: Shop, promises: dict[str, dict[str, Any]], answers: list[dict[str, Any]], tmp_path: Path
) -> None:
    books = [201, 201, 200, 201, 200, 200, 200, 200, 201]
    assert [line["status"] for line in promises.values()] == [*books, 201, 200, 201, 201, 201, 201, 200, 200]
    done = verify(shop.dsn, [*promises.values(), *answers], folder=tmp_path)
    assert found(done) == []
    [check] = [check for check in done.json()["checks"] if check["name"] == "acknowledged answers"]
    assert check["checked"] == 9 + 7 + 3 + 4  # each of many journals counts


def changed(line: dict[str, Any], was: str, becomes: str) -> dict[str, Any]:
    assert line["body"].count(was) == 1, line["body"]
    return line | {"body": line["body"].replace(was, becomes)}


@pytest.mark.parametrize(
    ("name", "change", "rule"),
    [
        ("wallet", ('"a"', '"c"'), "answer_differs"),
        ("wallet", ("fincra", "paystack"), "answer_differs"),
        ("wallet again", ('"a"', '"c"'), "answer_differs"),
        ("wallet without a key", ('"b"', '"c"'), "answer_differs"),
        ("path", ('"active"', '"retired"'), "answer_differs"),
        ("paths", ('"position": 1', '"position": 2'), "answer_differs"),
        ("journal", ('"jrn_', '"jrn_0'), "answer_differs"),
        ("journal", ("Z", "1Z"), "answer_differs"),
        ("reversal", ('"jrn_', '"jrn_0'), "answer_differs"),
        ("account", ('"till"', '"till:1"'), "answer_differs"),
        ("account", ('"version":0', '"version":1'), "answer_differs"),
        ("account", ('"posted":"0"', '"posted":"1"'), "answer_differs"),
        ("hold", ('"hold_', '"hold_0'), "answer_differs"),
        ("hold again", ("Z", "1Z"), "answer_differs"),
        ("settled", ('"settled_amount":"3"', '"settled_amount":"4"'), "answer_differs"),
        ("settled again", ('"status":"settled"', '"status":"released"'), "answer_differs"),
        ("released", ('"amount":"5"', '"amount":"6"'), "answer_differs"),
    ],
)
def test_a_promise_of_any_area_that_was_another_is_found(
    shop: Shop,
    promises: dict[str, dict[str, Any]],
    tmp_path: Path,
    name: str,
    change: tuple[str, str],
    rule: str,
) -> None:
    log = [changed(promises[name], *change)]
    assert [rule for rule, _ in found(verify(shop.dsn, log, folder=tmp_path))] == [rule]


KEYED = ["wallet", "path", "paths", "journal", "reversal", "hold", "settled", "released"]


@pytest.mark.parametrize("name", KEYED)
@pytest.mark.parametrize("change", [{"key": "z"}, {"organization_id": "org_" + 24 * "0"}])
def test_a_promise_of_any_area_that_is_not_there_is_found(
    shop: Shop, promises: dict[str, dict[str, Any]], tmp_path: Path, name: str, change: dict[str, str]
) -> None:
    [(rule, _)] = found(verify(shop.dsn, [promises[name] | change], folder=tmp_path))
    # A wallet is there whatever key it is said to have; only the key is not its.
    assert rule == ("answer_differs" if name == "wallet" and "key" in change else "answer_lost")


def test_an_account_of_nobody_is_found(
    shop: Shop, promises: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    line = promises["account"]
    another = line | {"organization_id": "org_" + 24 * "0"}
    lost = [another, changed(line, '"id":"acc_', '"id":"acc_0')]
    assert [rule for rule, _ in found(verify(shop.dsn, lost, folder=tmp_path))] == ["answer_lost"] * 2


@pytest.mark.parametrize("name", ["reversal", "settled", "released"])
def test_what_was_done_to_another_thing_is_found(
    shop: Shop, promises: dict[str, dict[str, Any]], tmp_path: Path, name: str
) -> None:
    line = promises[name]
    before, _, end = line["path"].rpartition("/")
    log = [line | {"path": f"{before[:-1]}x/{end}"}]
    assert [rule for rule, _ in found(verify(shop.dsn, log, folder=tmp_path))] == ["answer_differs"]


def test_a_journal_that_was_a_reversal_is_found(
    shop: Shop, promises: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    log = [promises["reversal"] | {"path": "/v1/ledger/journals"}]
    assert [rule for rule, _ in found(verify(shop.dsn, log, folder=tmp_path))] == ["answer_differs"]


def test_an_account_moves_on(shop: Shop, promises: dict[str, dict[str, Any]], tmp_path: Path) -> None:
    # Opened before anything was posted, and asked for again when much was.
    early = promises["first account"]
    account = json.loads(early["body"])
    [[version]] = rows(shop.dsn, "SELECT version FROM ledger.accounts WHERE public_id = %s", account["id"])
    assert account["version"] == 0 < version
    assert found(verify(shop.dsn, [early], folder=tmp_path)) == []
    ahead = changed(early, '"version":0', f'"version":{version + 1}')
    [(rule, _)] = found(verify(shop.dsn, [ahead], folder=tmp_path))
    assert rule == "answer_differs"


NEW = ["wallet", "wallet without a key", "path", "paths", "journal", "reversal", "hold", "account"]


@pytest.mark.parametrize("name", NEW)
def test_a_promise_of_any_area_that_was_new_twice_is_found(
    shop: Shop, promises: dict[str, dict[str, Any]], tmp_path: Path, name: str
) -> None:
    log = [promises[name], promises[name]]
    assert [rule for rule, _ in found(verify(shop.dsn, log, folder=tmp_path))] == ["created_twice"]


def test_of_many_journals_each_is_held(
    shop: Shop, promises: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    line = promises["journals"]
    told = json.loads(line["body"])
    assert [result["outcome"] for result in told["results"]] == ["posted", "posted", "replayed"]
    told["results"][1]["idempotency_key"] = "never"
    told["results"][2]["id"] = "jrn_another"
    told["results"].append({"outcome": "unbalanced", "idempotency_key": "no promise"})
    log = [line | {"body": json.dumps(told)}]
    assert found(verify(shop.dsn, log, folder=tmp_path)) == [
        ("answer_lost", "never"),
        ("answer_differs", "j3"),
    ]


def test_a_wallet_that_was_changed_since_is_what_it_was_registered_as(shop: Shop, tmp_path: Path) -> None:
    dsn = shop.dsn
    [[user_id]] = rows(
        dsn,
        "SELECT user_id FROM identity.create_user(%s, 'changes@example.org', 'member')",
        shop.merchant.public_id,
    )
    asked = {"user_id": user_id, "provider": "fincra", "provider_account_id": "changes"}
    before = shop.client.post("/v1/wallets", json=asked)
    after = shop.client.post(f"{before.headers['location']}/deactivate")
    line: dict[str, Any] = {"organization_id": shop.merchant.public_id, "path": "/v1/wallets", "key": None}
    first, second = (line | {"status": 200, "body": answer.text} for answer in (before, after))
    assert found(verify(dsn, [first, second], folder=tmp_path)) == []
    later = changed(second, after.json()["updated_at"], "2999-01-01T00:00:00.000000Z")
    active = second | {"body": second["body"].replace('"is_active":false', '"is_active":true')}
    other = changed(first, '"changes"', '"another"')
    lost = found(verify(dsn, [later, active, other], folder=tmp_path))
    assert [rule for rule, _ in lost] == ["answer_differs"] * 3


@pytest.mark.parametrize(
    "change",
    [
        {"path": "/v1/assets"},
        {"path": "/v1/wallets"},
        {"path": "/v1/ledger/accounts"},
        {"path": "/v1/ledger/holds/hold_1/settle", "key": None},
        {"path": "/v1/ledger/holds/hold_1/expire"},
        {"key": None},
        {"path": "/v1/ledger/journals", "key": None},
        {"key": None, "body": '{"results": []}'},
    ],
)
def test_a_line_that_cannot_be_an_answer_is_no_good_news(
    shop: Shop, answers: list[dict[str, Any]], tmp_path: Path, change: dict[str, Any]
) -> None:
    done = verify(shop.dsn, [answers[0] | change], folder=tmp_path)
    assert (done.status, done.out) == (1, "")
    assert "line 1" in done.err


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
        (
            """
            ALTER TABLE app.idempotency_records DISABLE TRIGGER USER;
            DELETE FROM app.idempotency_records
            """,
            "payment_request_without_key",
        ),
        (
            """
            ALTER TABLE app.wallet_accounts DISABLE TRIGGER USER;
            UPDATE app.wallet_accounts SET parent_key_digest = repeat('0', 64) WHERE next_index > 0
            """,
            "parent_key_differs",
        ),
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
