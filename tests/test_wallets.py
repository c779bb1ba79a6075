"""The wallet registry from outside: once, however many ask, whatever breaks meanwhile."""

from __future__ import annotations

import asyncio
import json
import random
import re
import secrets
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, get_args

import httpx2
import psycopg
import pytest

from service.parsing import encode_cursor
from service.types_wallets import Provider
from tests.conftest import Database
from tests.support import (
    Merchant,
    Reply,
    Server,
    Shop,
    Wire,
    add_key,
    create_merchant,
    execute,
    rows,
    serving,
    wait_until,
)

PATH = "/v1/wallets"


def create_user(dsn: str, merchant: Merchant, name: str | None = None) -> str:
    """A user of the merchant, as `pgtill user create` makes one."""
    email = f"{name or secrets.token_hex(8)}@example.org"
    found = rows(dsn, "SELECT user_id FROM identity.create_user(%s, %s, 'member')", merchant.public_id, email)
    return str(found[0][0])


@pytest.fixture
def user(shop: Shop) -> str:
    return create_user(shop.dsn, shop.merchant)


@pytest.fixture(scope="module")
def sibling(shop: Shop) -> Iterator[Server]:
    """Another server process on the shop's database."""
    with serving(shop.database.dsn("pgtill_service")) as server:
        yield server


def registration(
    user_id: str, account: str = "wallet_1", provider: str = "fincra", **more: Any
) -> dict[str, Any]:
    return {"user_id": user_id, "provider": provider, "provider_account_id": account} | more


def register(shop: Shop, body: Any, *, key: str | None = None, **headers: str) -> httpx2.Response:
    if key is not None:
        headers["idempotency-key"] = key
    content = body if isinstance(body, bytes) else json.dumps(body)
    return shop.client.post(PATH, content=content, headers=headers)


def register_at_once(
    shop: Shop, servers: Sequence[Server], asked: Sequence[tuple[dict[str, Any], str | None]]
) -> list[Reply]:
    """All of them at the same moment, each over a connection of its own, in turn to each server."""

    async def one(number: int, start: asyncio.Event, opened: asyncio.Semaphore) -> Reply:
        body, key = asked[number]
        wire = await Wire.open(servers[number % len(servers)].port)
        headers = shop.merchant.headers | ({} if key is None else {"idempotency-key": key})
        opened.release()
        await start.wait()
        reply = await wire.ask("POST", PATH, json.dumps(body).encode(), headers)
        await wire.close()
        return reply

    async def everybody() -> list[Reply]:
        start, opened = asyncio.Event(), asyncio.Semaphore(0)
        async with asyncio.timeout(60):
            tasks = [asyncio.create_task(one(number, start, opened)) for number in range(len(asked))]
            for _ in asked:
                await opened.acquire()
            start.set()
            return await asyncio.gather(*tasks)

    return asyncio.run(everybody())


def events_of(dsn: str, user_id: str) -> list[tuple[Any, ...]]:
    """Events of the user's wallets, a wallet's in their order."""
    return rows(
        dsn,
        "SELECT resource_id, action, details FROM wallets.audit_trail WHERE user_id = %s "
        "ORDER BY resource_id, sequence",
        user_id,
    )


def assert_whole(dsn: str) -> None:
    """No anomaly, and one registration event a wallet, counted by other means than the view's."""
    assert rows(dsn, "SELECT rule, subject, detail FROM wallets.anomalies") == []
    counted = rows(
        dsn,
        "SELECT (SELECT count(*) FROM wallets.wallet_registry), "
        "(SELECT count(*) FROM wallets.audit_events WHERE action = 'register_wallet'), "
        "(SELECT count(DISTINCT resource_id) FROM wallets.audit_events)",
    )[0]
    assert len(set(counted)) == 1, counted


# Once, however many ask


@pytest.mark.parametrize("count", [5, 50, 500])
def test_one_key_at_once_is_one_wallet_and_one_event(
    shop: Shop, sibling: Server, user: str, count: int
) -> None:
    asked = [(registration(user), "key_1")] * count
    replies = register_at_once(shop, [shop.server, sibling], asked)
    ids = {reply.json()["id"] for reply in replies}
    assert len(ids) == 1
    assert Counter(reply.status for reply in replies) == {201: 1, 200: count - 1}
    assert all(
        reply.headers.get("x-idempotency-replayed") == "true" for reply in replies if reply.status == 200
    )
    assert [event[:2] for event in events_of(shop.dsn, user)] == [(ids.pop(), "register_wallet")]
    assert_whole(shop.dsn)


@pytest.mark.parametrize("count", [5, 50, 500])
def test_one_wallet_with_many_keys_at_once_is_one_wallet_and_one_event(
    shop: Shop, sibling: Server, user: str, count: int
) -> None:
    asked = [(registration(user), f"key_{number}" if number % 10 else None) for number in range(count)]
    replies = register_at_once(shop, [shop.server, sibling], asked)
    assert len({reply.json()["id"] for reply in replies}) == 1
    assert Counter(reply.status for reply in replies) == {201: 1, 200: count - 1}
    assert len(events_of(shop.dsn, user)) == 1
    # Every key is remembered: for another wallet none of them is free.
    for number in (1, count - 1):
        answer = register(shop, registration(user, "other"), key=f"key_{number}")
        assert answer.status_code == 409
    assert_whole(shop.dsn)


@pytest.mark.parametrize("count", [5, 50, 500])
def test_many_wallets_at_once_are_as_many_wallets_and_events(
    shop: Shop, sibling: Server, user: str, count: int
) -> None:
    asked = [(registration(user, f"wallet_{number}"), f"key_{number}") for number in range(count)]
    replies = register_at_once(shop, [shop.server, sibling], asked)
    assert {reply.status for reply in replies} == {201}
    ids = {reply.json()["id"] for reply in replies}
    assert len(ids) == count
    assert {event[0] for event in events_of(shop.dsn, user)} == ids
    assert len(events_of(shop.dsn, user)) == count
    assert_whole(shop.dsn)


def test_one_key_for_many_wallets_at_once_is_one_wallet_and_conflicts(
    shop: Shop, sibling: Server, user: str
) -> None:
    asked = [(registration(user, f"wallet_{number % 10}"), "key_1") for number in range(100)]
    replies = register_at_once(shop, [shop.server, sibling], asked)
    assert Counter(reply.status for reply in replies) == {201: 1, 200: 9, 409: 90}
    assert {reply.code for reply in replies if reply.status == 409} == {"idempotency_key_conflict"}
    # Who lost the key made no wallet.
    assert len(events_of(shop.dsn, user)) == 1
    assert_whole(shop.dsn)


def test_the_same_account_at_another_provider_is_another_wallet(shop: Shop, user: str) -> None:
    answers = [register(shop, registration(user, provider=provider)) for provider in get_args(Provider)]
    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.json()["id"] for answer in answers}) == 4
    assert len(events_of(shop.dsn, user)) == 4


def test_the_providers_are_those_of_the_database(shop: Shop) -> None:
    [(known,)] = rows(shop.dsn, "SELECT enum_range(NULL::wallets.wallet_provider)::text[]")
    assert tuple(known) == get_args(Provider)


def test_races_are_counted(shop: Shop, sibling: Server) -> None:
    def races() -> float:
        found = 0.0
        for server in (shop.server, sibling):
            page = httpx2.get(f"{server.url}/metrics").text
            value = re.search(r"^wallet_registration_races_total (\S+)$", page, re.MULTILINE)
            assert value
            found += float(value[1])
        return found

    before = races()

    def another() -> bool:
        user = create_user(shop.dsn, shop.merchant)
        register_at_once(shop, [shop.server, sibling], [(registration(user), "key_1")] * 50)
        return races() > before

    wait_until(another)


# Whose key it is


def test_another_user_s_key_is_that_user_s_own(shop: Shop, user: str) -> None:
    other = create_user(shop.dsn, shop.merchant)
    first = register(shop, registration(user), key="key_1").json()
    second = register(shop, registration(other), key="key_1")
    assert second.status_code == 201
    assert second.json()["id"] != first["id"]
    assert second.json()["user_id"] == other
    third = register(shop, registration(other, "else"), key="key_1")
    assert third.status_code == 409
    assert first["id"] not in third.text


def test_a_user_of_another_organization_is_404_everywhere(shop: Shop, user: str) -> None:
    stranger = create_merchant(shop.dsn, f"stranger {secrets.token_hex(4)}")
    wallet = register(shop, registration(user), key="key_1").json()
    with httpx2.Client(base_url=shop.server.url, headers=stranger.headers) as client:
        place = f"{PATH}/{wallet['id']}"
        answers = [
            client.post(PATH, json=registration(user), headers={"idempotency-key": "key_1"}),
            client.get(PATH, params={"user_id": user}),
            client.get(place),
            client.patch(place, json={"metadata": {}}),
            client.post(f"{place}/deactivate"),
            client.post(f"{place}/reactivate"),
        ]
        assert [answer.status_code for answer in answers] == [404] * 6
        codes = [answer.json()["error"]["code"] for answer in answers]
        assert codes == ["user_not_found"] * 2 + ["wallet_not_found"] * 4
        assert client.get(PATH).json() == {"wallets": [], "next_cursor": None}
    assert shop.client.get(place).json() == wallet


def test_every_organization_of_a_user_has_the_user_s_wallets(shop: Shop, user: str) -> None:
    friend = create_merchant(shop.dsn, f"friend {secrets.token_hex(4)}")
    [(email,)] = rows(shop.dsn, "SELECT email FROM identity.users WHERE public_id = %s", user)
    rows(shop.dsn, "SELECT identity.create_user(%s, %s, 'member')", friend.public_id, email)
    wallet = register(shop, registration(user)).json()
    again = httpx2.post(f"{shop.server.url}{PATH}", json=registration(user), headers=friend.headers)
    assert (again.status_code, again.json()) == (200, wallet)


# What is asked, and what is answered


def test_a_wallet_is_answered_whole(shop: Shop, user: str) -> None:
    body = registration(user, provider_customer_id="customer_456", metadata={"kyc_verified": True})
    answer = register(shop, body, key="request_abc123")
    assert answer.status_code == 201
    wallet = answer.json()
    assert re.fullmatch(r"wal_[0-9a-f]{24}", wallet["id"])
    assert answer.headers["location"] == f"{PATH}/{wallet['id']}"
    assert "x-idempotency-replayed" not in answer.headers
    assert wallet["created_at"] == wallet["updated_at"]
    assert {name: wallet[name] for name in body} == body
    assert wallet["is_active"] is True
    assert shop.client.get(answer.headers["location"]).json() == wallet
    [(resource_id, action, details)] = events_of(shop.dsn, user)
    assert (resource_id, action) == (wallet["id"], "register_wallet")
    assert details == {
        "provider": "fincra",
        "provider_wallet_id": "wallet_1",
        "idempotency_key": "request_abc123",
    }


@pytest.mark.parametrize("key", ["key_1", "key_2", None, ""])
def test_registering_again_changes_nothing(shop: Shop, user: str, key: str | None) -> None:
    wallet = register(shop, registration(user, metadata={"a": 1}), key="key_1").json()
    again = register(shop, registration(user, metadata={"a": 2}, provider_customer_id="c"), key=key)
    assert (again.status_code, again.json()) == (200, wallet)
    assert again.headers["x-idempotency-replayed"] == "true"
    assert len(events_of(shop.dsn, user)) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"user_id": "nobody"}, "user_id"),
        ({"user_id": None}, "user_id"),
        ({"provider": "stripe"}, "provider"),
        ({"provider": "Fincra"}, "provider"),
        ({"provider_account_id": ""}, "provider_account_id"),
        ({"provider_account_id": " a"}, "provider_account_id"),
        ({"provider_account_id": "a\n"}, "provider_account_id"),
        ({"provider_account_id": "a\x00b"}, "provider_account_id"),
        ({"provider_account_id": "x" * 256}, "provider_account_id"),
        ({"provider_account_id": 1}, "provider_account_id"),
        ({"provider_customer_id": ""}, "provider_customer_id"),
        ({"provider_customer_id": "c\n"}, "provider_customer_id"),
        ({"metadata": []}, "metadata"),
        ({"metadata": {"a": "\x00"}}, "metadata"),
        ({"metadata": {"a": "x" * 5000}}, "metadata"),
        ({"idempotency_key": "k"}, "idempotency_key"),
    ],
)
def test_what_is_wrong_is_named(shop: Shop, user: str, change: dict[str, Any], field: str) -> None:
    answer = register(shop, registration(user) | change)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["code"] == "invalid_request"
    assert answer.json()["error"]["details"] == {"field": field}


def test_a_key_that_is_none_is_named(shop: Shop, user: str) -> None:
    answer = register(shop, registration(user), key="x" * 256)
    assert answer.status_code == 400
    assert answer.json()["error"]["details"] == {"field": "Idempotency-Key"}
    for field in ("user_id", "provider", "provider_account_id"):
        body = registration(user)
        del body[field]
        assert register(shop, body).json()["error"]["details"] == {"field": field}
    assert register(shop, b"[]").status_code == 400


def test_an_account_may_be_in_any_script(shop: Shop, user: str) -> None:
    account = "ü" + "漢" * 253 + "é"
    wallet = register(shop, registration(user, account), key="key_1").json()
    assert wallet["provider_account_id"] == account
    assert register(shop, registration(user, account), key="key_1").json() == wallet


@pytest.mark.parametrize(
    ("scopes", "method", "path", "scope"),
    [
        (["wallets:read"], "POST", PATH, "wallets:write"),
        (["wallets:read"], "PATCH", f"{PATH}/wal_x", "wallets:write"),
        (["wallets:read"], "POST", f"{PATH}/wal_x/deactivate", "wallets:write"),
        (["wallets:write"], "GET", PATH, "wallets:read"),
        (["wallets:write"], "GET", f"{PATH}/wal_x", "wallets:read"),
        (["assets:read"], "POST", f"{PATH}/wal_x/reactivate", "wallets:write"),
    ],
)
def test_a_key_needs_the_scope(shop: Shop, scopes: list[str], method: str, path: str, scope: str) -> None:
    key = add_key(shop.dsn, shop.merchant, scopes)
    answer = shop.client.request(method, path, json={}, headers=key.headers)
    assert answer.status_code == 403
    assert answer.json()["error"]["details"] == {"scope": scope}


# Lists


def test_a_walk_from_page_to_page_meets_each_wallet_once(shop: Shop) -> None:
    merchant = create_merchant(shop.dsn, f"walked {secrets.token_hex(4)}")
    users = [create_user(shop.dsn, merchant) for _ in range(3)]
    with httpx2.Client(base_url=shop.server.url, headers=merchant.headers) as client:
        made = {
            client.post(PATH, json=registration(user, f"w{number}", provider)).json()["id"]
            for user in users
            for number in range(6)
            for provider in ("paystack", "fincra")
        }
        assert len(made) == 36
        for limit in (1, 5, 36, 100):
            seen: list[dict[str, Any]] = []
            cursor = None
            while True:
                page = client.get(
                    PATH, params={"limit": limit} | ({"cursor": cursor} if cursor else {})
                ).json()
                seen += page["wallets"]
                assert len(page["wallets"]) <= limit
                cursor = page["next_cursor"]
                # What comes to be behind the walker's back is no matter.
                client.post(PATH, json=registration(users[0], "w0"))
                if cursor is None:
                    break
            assert [wallet["id"] for wallet in seen] == list(dict.fromkeys(wallet["id"] for wallet in seen))
            assert {wallet["id"] for wallet in seen} == made
        one = client.get(PATH, params={"user_id": users[1], "provider": "fincra"}).json()["wallets"]
        assert [wallet["provider_account_id"] for wallet in one] == [f"w{number}" for number in range(6)]
        assert {(wallet["user_id"], wallet["provider"]) for wallet in one} == {(users[1], "fincra")}


def test_wallets_are_listed_by_whether_they_are_active(shop: Shop, user: str) -> None:
    on, off = (register(shop, registration(user, account)).json()["id"] for account in ("on", "off"))
    assert shop.client.post(f"{PATH}/{off}/deactivate").status_code == 200
    for is_active, expected in (("true", on), ("false", off)):
        page = shop.client.get(PATH, params={"user_id": user, "is_active": is_active}).json()
        assert [wallet["id"] for wallet in page["wallets"]] == [expected]


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "x"}, "limit"),
        ({"provider": "stripe"}, "provider"),
        ({"is_active": "perhaps"}, "is_active"),
        ({"user_id": "me"}, "user_id"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"cursor": encode_cursor("wal_1")}, "cursor"),
        ({"cursor": encode_cursor(1)}, "cursor"),
        ({"is_active": "null"}, "is_active"),
        ({"provider": "null"}, "provider"),
        ({"page": "2"}, "page"),
    ],
)
def test_a_query_that_is_wrong_is_named(shop: Shop, parameters: dict[str, str], field: str) -> None:
    answer = shop.client.get(PATH, params=parameters)
    assert answer.status_code == 400
    assert answer.json()["error"]["details"] == {"field": field}


# Changes


def test_a_wallet_is_changed_and_each_change_is_audited(shop: Shop, user: str) -> None:
    wallet = register(shop, registration(user, metadata={"a": 1}), key="key_1").json()
    place = f"{PATH}/{wallet['id']}"
    changed = shop.client.patch(place, json={"provider_customer_id": "c"}).json()
    assert changed == wallet | {"provider_customer_id": "c", "updated_at": changed["updated_at"]}
    assert changed["updated_at"] > wallet["updated_at"]
    assert shop.client.patch(place, json={}).json() == changed
    assert shop.client.patch(place, json={"provider_customer_id": "c"}).json() == changed
    replaced = shop.client.patch(place, json={"metadata": {"b": 2}, "provider_customer_id": None}).json()
    assert (replaced["metadata"], replaced["provider_customer_id"]) == ({"b": 2}, None)
    assert [(event[1], event[2].get("after")) for event in events_of(shop.dsn, user)] == [
        ("register_wallet", None),
        ("update_wallet", {"provider_customer_id": "c"}),
        ("update_wallet", {"metadata": {"b": 2}, "provider_customer_id": None}),
    ]
    assert register(shop, registration(user), key="key_1").json() == replaced


def test_a_wallet_is_taken_out_of_use_and_back(shop: Shop, user: str) -> None:
    wallet = register(shop, registration(user), key="key_1").json()
    place = f"{PATH}/{wallet['id']}"
    off = shop.client.post(f"{place}/deactivate").json()
    assert off["is_active"] is False
    assert shop.client.post(f"{place}/deactivate").json() == off
    again = register(shop, registration(user), key="key_2")
    assert (again.status_code, again.json()) == (200, off)
    on = shop.client.post(f"{place}/reactivate").json()
    assert on["is_active"] is True
    assert [event[1] for event in events_of(shop.dsn, user)] == [
        "register_wallet",
        "deactivate_wallet",
        "reactivate_wallet",
    ]
    assert_whole(shop.dsn)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"metadata": None}, "metadata"),
        ({"metadata": {"a": "x" * 5000}}, "metadata"),
        ({"provider_customer_id": ""}, "provider_customer_id"),
        ({"provider_customer_id": "c\n"}, "provider_customer_id"),
        ({"is_active": False}, "is_active"),
        ({"provider_account_id": "b"}, "provider_account_id"),
    ],
)
def test_a_change_that_is_wrong_is_named(shop: Shop, user: str, body: dict[str, Any], field: str) -> None:
    wallet = register(shop, registration(user)).json()
    answer = shop.client.patch(f"{PATH}/{wallet['id']}", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["details"] == {"field": field}
    assert len(events_of(shop.dsn, user)) == 1


def test_changes_of_one_wallet_at_once_are_as_many_events_without_a_gap(shop: Shop, user: str) -> None:
    place = f"{PATH}/{register(shop, registration(user)).json()['id']}"

    def change(number: int) -> int:
        return shop.client.patch(place, json={"metadata": {"number": number}}).status_code

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(change, range(64))) == {200}
    events = events_of(shop.dsn, user)
    assert len(events) == 65
    # Each says what the one before left.
    for before, after in pairwise(events[1:]):
        assert after[2]["before"] == before[2]["after"]
    assert_whole(shop.dsn)


# Whatever breaks meanwhile


def test_a_killed_backend_loses_nothing_that_was_answered(database: Database) -> None:
    merchant = create_merchant(database.dsn())
    users = [create_user(database.dsn(), merchant) for _ in range(4)]
    acknowledged: dict[str, tuple[str, str]] = {}
    statuses: Counter[int] = Counter()
    ended = threading.Event()

    async def client(port: int, number: int) -> None:
        wire = await Wire.open(port)
        count = 0
        while not ended.is_set():
            count += 1
            user, account = users[count % 4], f"w{number}_{count}"
            reply = await wire.ask(
                "POST",
                PATH,
                json.dumps(registration(user, account)).encode(),
                merchant.headers | {"idempotency-key": account},
            )
            statuses[reply.status] += 1
            if reply.status in (200, 201):
                acknowledged[reply.json()["id"]] = (user, account)
            else:
                assert reply.code in ("outcome_unknown", "database_unavailable", "cursor_busy"), reply
        await wire.close()

    async def killer() -> None:
        async with await psycopg.AsyncConnection.connect(database.dsn(), autocommit=True) as conn:
            for _ in range(40):
                await asyncio.sleep(0.05)
                await conn.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND query LIKE '%register_wallets%' "
                    "AND pid <> pg_backend_pid()"
                )
        ended.set()

    async def everybody(port: int) -> None:
        async with asyncio.timeout(60), asyncio.TaskGroup() as group:
            group.create_task(killer())
            for number in range(16):
                group.create_task(client(port, number))

    with serving(database.dsn("pgtill_service")) as server:
        asyncio.run(everybody(server.port))
    assert statuses[201] > 100
    assert statuses[503] > 0, "nobody was hit"
    found = {
        external_id: (user, account)
        for external_id, user, account in rows(
            database.dsn(),
            "SELECT resource_id, user_id, details ->> 'provider_wallet_id' FROM wallets.audit_trail",
        )
    }
    assert acknowledged.items() <= found.items()
    assert_whole(database.dsn())


def at_once(count: int, work: Callable[[int], None]) -> None:
    with ThreadPoolExecutor(count) as pool:
        for done in [pool.submit(work, number) for number in range(count)]:
            done.result()


@pytest.mark.parametrize("level", ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"])
def test_batches_in_any_order_neither_deadlock_nor_register_twice(database: Database, level: str) -> None:
    merchant = create_merchant(database.dsn())
    users = [create_user(database.dsn(), merchant) for _ in range(3)]
    retried: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()

    def session(number: int) -> None:
        chance = random.Random(number)
        with psycopg.connect(database.dsn("pgtill_service"), autocommit=True) as conn:
            conn.execute(f"SET default_transaction_isolation = '{level}'")
            for _ in range(40):
                batch = [
                    registration(chance.choice(users), f"w{chance.randrange(60)}")
                    | {"organization_id": merchant.organization_id}
                    | ({"idempotency_key": f"k{chance.randrange(60)}"} if chance.random() < 0.7 else {})
                    for _ in range(12)
                ]
                while True:
                    try:
                        answers = conn.execute(
                            "SELECT outcome FROM wallets.register_wallets(%s::text::jsonb)",
                            (json.dumps(batch),),
                        ).fetchall()
                        break
                    except psycopg.errors.SerializationFailure:
                        retried[level] += 1
                assert len(answers) == len(batch)
                outcomes.update(outcome for (outcome,) in answers)

    at_once(8, session)
    assert (
        outcomes["registered"] == rows(database.dsn(), "SELECT count(*) FROM wallets.wallet_registry")[0][0]
    )
    assert {"replayed", "existing", "idempotency_key_conflict"} <= outcomes.keys()
    if level == "READ COMMITTED":
        assert not retried  # no exception on the way of a race
    deadlocks = rows(
        database.dsn(), "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    )
    assert deadlocks == [(0,)]
    assert_whole(database.dsn())


def test_a_bad_item_harms_no_neighbour(shop: Shop, user: str) -> None:
    # A rule that the service does not know of: the batch raises, and is tried again one by one.
    execute(
        shop.dsn,
        "ALTER TABLE wallets.wallet_registry ADD CONSTRAINT wallet_registry_odd "
        "CHECK (provider_account_id <> 'odd') NOT VALID",
    )
    try:
        asked = [(registration(user, "odd" if number == 7 else f"w{number}"), None) for number in range(64)]
        replies = register_at_once(shop, [shop.server], asked)
    finally:
        execute(shop.dsn, "ALTER TABLE wallets.wallet_registry DROP CONSTRAINT wallet_registry_odd")
    assert Counter(reply.status for reply in replies) == {201: 63, 409: 1}
    assert replies[7].code == "rule_violated"
    assert "odd" not in replies[7].body.decode()


def test_a_provider_that_the_database_does_not_know_yet_is_refused(
    shop: Shop, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from service import wallets
    from service.database.wallets import Answer, Registration

    item = Registration(organization_id=1, user_id=user, provider="new", provider_account_id="a")
    refused = wallets._result(item, Answer("unsupported_provider", False, None))
    assert getattr(refused, "details", None) == {"field": "provider"}


@pytest.mark.alone
def test_a_new_deployment_is_as_fast_after_its_first_thousands(database: Database) -> None:
    # No autovacuum here: nothing but the first plan is ever used. One user has all the wallets.
    merchant = create_merchant(database.dsn())
    user = create_user(database.dsn(), merchant)
    with psycopg.connect(database.dsn("pgtill_service"), autocommit=True) as conn:

        def batch(number: int, size: int) -> float:
            items = [
                registration(user, f"w{number}_{item}")
                | {"organization_id": merchant.organization_id, "idempotency_key": f"k{number}_{item}"}
                for item in range(size)
            ]
            started = time.perf_counter()
            answers = conn.execute(
                "SELECT outcome FROM wallets.register_wallets(%s::text::jsonb)", (json.dumps(items),)
            ).fetchall()
            assert answers == [("registered",)] * size
            return time.perf_counter() - started

        for number in range(10):  # the plan is settled on with the sixth call
            batch(number, 1)
        seconds = [batch(10 + number, 64) for number in range(60)]
    assert statistics.median(seconds[-20:]) < 3 * statistics.median(seconds[:10])


# What is measured


def test_what_became_of_registrations_is_a_metric(shop: Shop, user: str) -> None:
    names = {
        "registered": registration(user),
        "existing": registration(user),
        "user_not_found": registration(f"usr_{'0' * 24}"),
    }

    def counted(outcome: str) -> float:
        page = shop.client.get("/metrics").text
        value = re.search(rf'^wallet_registrations_total{{outcome="{outcome}"}} (\S+)$', page, re.MULTILINE)
        return float(value[1]) if value else 0.0

    for outcome, body in names.items():
        before = counted(outcome)
        register(shop, body)
        assert counted(outcome) == before + 1
    page = shop.client.get("/metrics").text
    for name in (
        'wallet_query_seconds_bucket{le="0.1",query="register_wallets"}',
        "wallet_registration_items_count",
    ):
        assert name in page


def test_a_registration_that_nobody_carried_out_counts_as_failed(shop: Shop, user: str) -> None:
    function = "wallets.register_wallets(jsonb)"
    execute(shop.dsn, f"REVOKE EXECUTE ON FUNCTION {function} FROM pgtill_service")
    try:
        answer = register(shop, registration(user))
    finally:
        execute(shop.dsn, f"GRANT EXECUTE ON FUNCTION {function} TO pgtill_service")
    assert answer.status_code == 500
    assert "wallets." not in answer.text
    assert 'wallet_registrations_total{outcome="failed"} 1' in shop.client.get("/metrics").text
