"""
Many clients, several processes, and everything that may break between them.

Each test ends by reading what the database holds: no hole, no duplicate, no anomaly, and every
answer that anybody was given.
"""

from __future__ import annotations

import asyncio
import json
import random
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from service.embedded import Cluster
from tests.conftest import Database
from tests.database import FAST, TEMPLATE, deployed
from tests.derivation.support import TPUB
from tests.support import (
    BTC,
    BTC_TESTNET,
    DEADLINE_S,
    ETH,
    PATH,
    USDT,
    Merchant,
    Reply,
    Server,
    Wire,
    assert_whole,
    create_merchant,
    execute,
    independent_address,
    rows,
    serving,
    starting,
    wait_until,
)

ASSETS = (BTC, ETH, USDT)
LOST = (OSError, EOFError)
"""What a client sees when the connection ends before the answer."""


@dataclass(frozen=True)
class Order:
    """A request with its key."""

    key: str
    body: bytes

    @classmethod
    def numbered(cls, number: int, **fields: Any) -> Order:
        asset = ASSETS[number % len(ASSETS)]
        order = asset | {"expected_amount_minor": str(number)} | fields
        return cls(f"order {number}", json.dumps(order).encode())


@dataclass
class Till:
    """Where clients go, and what they were told."""

    ports: Sequence[int]
    merchant: Merchant
    acknowledged: dict[str, bytes] = field(default_factory=dict)
    replies: Counter[str] = field(default_factory=Counter)
    lost: int = 0

    async def connect(self, number: int) -> Wire:
        return await Wire.open(self.ports[number % len(self.ports)])

    async def place(self, wire: Wire, order: Order) -> Reply:
        """One order, one answer; remembered when it is a promise."""
        headers = self.merchant.headers | {"idempotency-key": order.key}
        reply = await wire.ask("POST", PATH, order.body, headers)
        self.replies[f"{reply.status} {reply.code or ''}".strip()] += 1
        if reply.status in (200, 201):
            # Whoever asks again hears the same.
            assert self.acknowledged.setdefault(order.key, reply.body) == reply.body
        return reply

    def assert_kept(self, dsn: str) -> None:
        """What was answered is what the database holds."""
        stored = {
            key: (number, account, index, address)
            for key, number, account, index, address in rows(
                dsn,
                """
                SELECT record.idempotency_key, request.id, request.wallet_account_id,
                       request.derivation_index, request.address_canonical
                  FROM app.idempotency_records AS record
                  JOIN app.payment_requests AS request ON request.id = record.resource_id
                 WHERE record.organization_id = %s
                """,
                self.merchant.organization_id,
            )
        }
        for key, body in self.acknowledged.items():
            answer = json.loads(body)
            instructions = answer["payment_instructions"]
            number, _, index, address = stored[key]
            assert (number, index, address) == (
                answer["id"],
                instructions["derivation_index"],
                instructions["address"].lower(),
            )
        assert_whole(dsn)


async def at_once(count: int, work: Callable[[int], Awaitable[None]]) -> None:
    """So many clients, each with its number."""
    async with asyncio.TaskGroup() as group:
        for number in range(count):
            group.create_task(_as_coroutine(work(number)))


async def _as_coroutine(work: Awaitable[None]) -> None:
    await work


def run(work: Awaitable[None]) -> None:
    """Run to the end, or fail: nothing here may hang."""

    async def bounded() -> None:
        async with asyncio.timeout(4 * DEADLINE_S):
            await work

    asyncio.run(bounded())


def order_count(dsn: str) -> int:
    return int(rows(dsn, "SELECT count(*) FROM app.payment_requests")[0][0])


@contextmanager
def till(database: Database, *, servers: int = 2, **variables: str) -> Iterator[tuple[Till, list[Server]]]:
    """A merchant and so many server processes on one database."""
    merchant = create_merchant(database.dsn())
    with ExitStack() as stack:
        started = [
            stack.enter_context(starting(database.dsn("pgtill_service"), **variables)) for _ in range(servers)
        ]
        for server in started:
            server.wait_until_up()
        yield Till([server.port for server in started], merchant), started


# No faults


@pytest.mark.parametrize("clients", [64, 256])
def test_many_clients_and_two_processes_leave_no_hole(database: Database, clients: int) -> None:
    with till(database) as (shop, _):
        for turn in range(3):
            orders = iter(range(turn * 1000, turn * 1000 + 800))

            async def client(number: int, orders: Iterator[int] = orders) -> None:
                wire = await shop.connect(number)
                for order in orders:
                    assert (await shop.place(wire, Order.numbered(order))).status == 201
                await wire.close()

            run(at_once(clients, client))
            shop.assert_kept(database.dsn())
        assert order_count(database.dsn()) == len(shop.acknowledged) == 2400
        assert shop.replies == {"201": 2400}


@pytest.mark.parametrize("clients", [64, 256])
def test_replays_conflicts_and_nonsense_among_them_change_nothing(database: Database, clients: int) -> None:
    nonsense = [
        b"",
        b"{",
        b'{"chain":"bitcoin"}',
        json.dumps(BTC | {"asset": "DOGE"}).encode(),
        json.dumps(BTC | {"network": "mainnet"}).encode(),
        json.dumps(BTC | {"expected_amount_minor": "-1"}).encode(),
    ]
    with till(database) as (shop, _):
        for turn in range(3):
            chance = random.Random(clients + turn)
            orders = iter(range(turn * 1000, turn * 1000 + 800))

            async def client(
                number: int, orders: Iterator[int] = orders, chance: random.Random = chance
            ) -> None:
                wire = await shop.connect(number)
                for number_of_order in orders:
                    kind = chance.random()
                    known = chance.choice(list(shop.acknowledged) or [""])
                    again = int(known.removeprefix("order ") or "0")
                    if kind < 1 / 3 and known:
                        before = shop.acknowledged[known]
                        reply = await shop.place(wire, Order.numbered(again))
                        assert (reply.status, reply.body) == (200, before)
                        assert reply.headers["x-idempotency-replayed"] == "true"
                    elif kind < 1 / 3 + 1 / 10 and known:
                        reply = await shop.place(wire, Order.numbered(again, expires_in_seconds=61))
                        assert reply.code == "idempotency_key_conflict"
                    elif kind < 1 / 3 + 2 / 10:
                        order = Order(f"nonsense {number_of_order}", chance.choice(nonsense))
                        assert (await shop.place(wire, order)).status == 400
                    else:
                        assert (await shop.place(wire, Order.numbered(number_of_order))).status == 201
                await wire.close()

            run(at_once(clients, client))
            shop.assert_kept(database.dsn())
        assert order_count(database.dsn()) == len(shop.acknowledged) == shop.replies["201"]
        assert min(shop.replies["200"], shop.replies["409 idempotency_key_conflict"]) > 50


def test_one_key_from_two_hundred_clients_at_once_is_one_payment_request(database: Database) -> None:
    with till(database) as (shop, _):

        async def everybody(order: Callable[[int], Order]) -> list[Reply]:
            wires = await asyncio.gather(*(shop.connect(number) for number in range(200)))
            # A key that is known, so that all arrive together and not one by one after bcrypt.
            await shop.place(wires[0], Order.numbered(9000))
            await shop.place(wires[1], Order.numbered(9001))
            replies = await asyncio.gather(
                *(shop.place(wire, order(number)) for number, wire in enumerate(wires))
            )
            await asyncio.gather(*(wire.close() for wire in wires))
            return replies

        replies = asyncio.run(everybody(lambda _: Order.numbered(0)))
        assert Counter(reply.status for reply in replies) == {201: 1, 200: 199}
        assert len({reply.body for reply in replies}) == 1

        # The same key for two different requests: whichever was first has won, for all.
        two = [Order("contested", json.dumps(body).encode()) for body in (BTC, ETH)]
        replies = asyncio.run(everybody(lambda number: two[number // 2 % 2]))
        counted = Counter(reply.status for reply in replies)
        assert counted == {201: 1, 200: 99, 409: 100}
        shop.assert_kept(database.dsn())
        assert order_count(database.dsn()) == 4


# Clients that go away


def test_clients_that_disconnect_and_come_again_find_one_payment_request_each(database: Database) -> None:
    orders = [Order.numbered(number) for number in range(300)]
    chance = random.Random(7)
    with till(database) as (shop, _):

        async def go_away(number: int) -> None:
            wire = await shop.connect(number)
            headers = shop.merchant.headers | {"idempotency-key": orders[number].key}
            await wire.send("POST", PATH, orders[number].body, headers)
            await asyncio.sleep(chance.random() / 50)
            await wire.close(abruptly=True)

        async def come_again(number: int) -> None:
            wire = await shop.connect(number + 1)  # the other process
            assert (await shop.place(wire, orders[number])).status in (200, 201)
            await wire.close()

        # Keys that are known already: else all would be waiting for bcrypt when they go.
        run(at_once(2, lambda number: place_all(shop, [Order.numbered(1000 + number)], number=number)))
        run(at_once(len(orders), go_away))
        run(at_once(len(orders), come_again))
        assert shop.replies["200"] > 0, "no order was carried out for a client that had gone"
        shop.assert_kept(database.dsn())
        assert order_count(database.dsn()) == len(orders) + 2


def test_half_a_request_is_no_request(database: Database) -> None:
    with till(database, servers=1) as (shop, _):

        async def send_half(number: int) -> None:
            wire = await shop.connect(number)
            head = shop.merchant.headers | {"content-length": "100", "idempotency-key": f"half {number}"}
            await wire.send("POST", PATH, json.dumps(BTC).encode(), head)
            await wire.close(abruptly=True)

        run(at_once(50, send_half))
        run(at_once(1, lambda _: place_all(shop, [Order.numbered(0)])))
        shop.assert_kept(database.dsn())
        assert order_count(database.dsn()) == 1


def is_running(pid: int) -> bool:
    """Whether there is such a process, and not only what is left of one."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def place_all(shop: Till, orders: Sequence[Order], *, number: int = 0) -> None:
    wire = await shop.connect(number)
    for order in orders:
        await shop.place(wire, order)
    await wire.close()


# Processes that end


@dataclass
class Crowd:
    """Clients that keep ordering until they are told to stop or have nobody to ask."""

    shop: Till
    tried: set[int] = field(default_factory=set)
    stopped: bool = False

    async def client(self, number: int) -> None:
        wire: Wire | None = None
        for order in range(number, 1_000_000, 1000):
            if self.stopped:
                break
            self.tried.add(order)
            try:
                wire = wire or await self.shop.connect(number)
                await self.shop.place(wire, Order.numbered(order))
            except LOST:
                self.shop.lost += 1
                await give_up(wire)
                wire = None
                await asyncio.sleep(0.01)
        await give_up(wire)

    async def until(self, count: int) -> None:
        """Wait until so many answers have come."""
        while self.shop.replies.total() < count:
            await asyncio.sleep(0.01)


async def give_up(wire: Wire | None) -> None:
    """Close a connection, if there is one."""
    if wire:
        await wire.close(abruptly=True)


async def retry_all(shop: Till, tried: set[int], clients: int = 32) -> None:
    """Each key again, until there is an answer."""
    waiting = iter(sorted(tried))

    async def client(number: int) -> None:
        wire: Wire | None = None
        for order in waiting:
            while True:
                try:
                    wire = wire or await shop.connect(number)
                    if (await shop.place(wire, Order.numbered(order))).status in (200, 201):
                        break
                except LOST:
                    await give_up(wire)
                    wire = None
                await asyncio.sleep(0.02)
        await give_up(wire)

    await at_once(clients, client)


def test_a_server_told_to_end_answers_what_it_has_begun(database: Database) -> None:
    with till(database, servers=1) as (shop, [server]):
        crowd = Crowd(shop)

        async def end_meanwhile(number: int) -> None:
            if number < 64:
                await crowd.client(number)
                return
            await crowd.until(300)
            server.process.send_signal(signal.SIGTERM)
            await asyncio.to_thread(server.process.wait, DEADLINE_S)
            crowd.stopped = True

        run(at_once(65, end_meanwhile))
        assert server.process.returncode == 0, server.text
        assert set(shop.replies) <= {"201", "503 shutting_down"}, shop.replies
        shop.assert_kept(database.dsn())
        # What was carried out was answered: nobody was left with a question.
        assert order_count(database.dsn()) == len(shop.acknowledged)


def test_a_killed_server_loses_answers_and_no_facts(database: Database) -> None:
    with till(database) as (shop, servers):
        crowd = Crowd(shop)

        async def kill_meanwhile(number: int) -> None:
            if number < 64:
                await crowd.client(number)
                return
            await crowd.until(300)
            servers[0].stop(signal.SIGKILL)
            # What it had started to help it does not outlive it.
            helpers = [line["pid"] for line in servers[0].lines("address worker started")]
            await asyncio.to_thread(wait_until, lambda: not any(is_running(pid) for pid in helpers))
            survivors = shop.replies.total()
            await crowd.until(survivors + 300)
            crowd.stopped = True

        run(at_once(65, kill_meanwhile))
        assert shop.lost > 0
        assert set(shop.replies) <= {"201"}, shop.replies
        shop.assert_kept(database.dsn())

        shop.ports = [servers[1].port]
        run(retry_all(shop, crowd.tried))
        shop.assert_kept(database.dsn())
        assert order_count(database.dsn()) == len(crowd.tried)


def test_backends_that_are_terminated_cost_a_retry_and_nothing_else(database: Database) -> None:
    with till(database) as (shop, _):
        crowd = Crowd(shop)

        async def terminate_meanwhile(number: int) -> None:
            if number < 64:
                await crowd.client(number)
                return
            async with await psycopg.AsyncConnection.connect(database.dsn(), autocommit=True) as conn:
                for turn in range(1, 21):
                    await crowd.until(turn * 60)
                    await conn.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                        "WHERE application_name = 'pgtill' AND datname = current_database()"
                    )
            crowd.stopped = True

        run(at_once(65, terminate_meanwhile))
        assert shop.replies["201"] > 0
        allowed = {"201", "503 outcome_unknown", "503 database_unavailable", "503 cursor_busy"}
        assert set(shop.replies) <= allowed | {"503 queue_full"}, shop.replies
        assert shop.lost == 0
        run(retry_all(shop, crowd.tried))
        shop.assert_kept(database.dsn())
        assert order_count(database.dsn()) == len(crowd.tried)


# Locks and limits


@contextmanager
def cursor_held(database: Database, wallet_account_id: str) -> Iterator[None]:
    """Somebody else has the cursor's row."""
    with psycopg.connect(database.dsn()) as conn:
        conn.execute("SELECT FROM app.wallet_accounts WHERE id = %s FOR UPDATE", (wallet_account_id,))
        yield


def test_a_busy_cursor_is_503_and_other_accounts_go_on(database: Database) -> None:
    with till(database) as (shop, _):
        with cursor_held(database, "wa_btc_regtest_001"):
            replies: list[Reply] = []

            async def client(number: int) -> None:
                wire = await shop.connect(number)
                if number < 40:
                    order = Order(f"busy {number}", json.dumps(BTC).encode())
                    replies.append(await shop.place(wire, order))
                else:
                    body = (ETH, USDT, BTC_TESTNET)[number % 3]
                    order = Order(f"free {number}", json.dumps(body).encode())
                    assert (await shop.place(wire, order)).status == 201
                    # While the row is held: that one cursor delays nobody else's.
                    assert len(replies) < 40
                await wire.close()

            run(at_once(100, client))
        assert {(reply.status, reply.code) for reply in replies} == {(503, "cursor_busy")}
        assert all(int(reply.headers["retry-after"]) >= 1 for reply in replies)
        assert order_count(database.dsn()) == 60
        orders = [Order(f"busy {number}", json.dumps(BTC).encode()) for number in range(40)]
        run(place_all(shop, orders))
        assert shop.replies["201"] == 100
        shop.assert_kept(database.dsn())


IDLE_S = 5.0
"""idle_in_transaction_session_timeout of pgtill_service."""


def test_who_idles_in_a_transaction_loses_the_cursor(database: Database) -> None:
    """As a service process whose machine has gone: its session stays, with a cursor that it never gives back."""
    dsn = database.dsn()
    with till(database, servers=1) as (shop, _), psycopg.connect(database.dsn("pgtill_service")) as idler:

        async def client() -> None:
            wire = await shop.connect(0)
            assert (await shop.place(wire, Order.numbered(0))).status == 201
            before = hold_the_cursor(dsn, idler, shop.merchant)
            held_at = time.monotonic()
            while (reply := await shop.place(wire, Order.numbered(3))).status != 201:
                assert (reply.status, reply.code) == (503, "cursor_busy")
                assert int(reply.headers["retry-after"]) >= 1
            assert IDLE_S - 1 < time.monotonic() - held_at < IDLE_S + DEADLINE_S / 2
            # Whatever it had done is undone: its index is the next one's.
            assert json.loads(reply.body)["payment_instructions"]["derivation_index"] == before
            await wire.close()

        run(client())
        assert shop.replies["503 cursor_busy"] >= 2
        with pytest.raises(psycopg.errors.IdleInTransactionSessionTimeout):
            idler.execute("SELECT 1")
        assert rows(dsn, "SELECT FROM pg_locks WHERE relation = 'app.wallet_accounts'::regclass") == []
        shop.assert_kept(dsn)


def hold_the_cursor(dsn: str, idler: psycopg.Connection, merchant: Merchant) -> int:
    """Allocate an address as the service does, and no more: no commit. Answers its index."""
    account = "wa_btc_regtest_001"
    [(index, digest)] = rows(
        dsn, "SELECT next_index, parent_key_digest FROM app.wallet_accounts WHERE id = %s", account
    )
    order = {
        "organization_id": merchant.organization_id,
        "idempotency_key": "never committed",
        "request_hash": 64 * "0",
        "chain": BTC["chain"],
        "network": BTC["network"],
        "asset": BTC["asset"],
    }
    window = {
        "wallet_account_id": account,
        "parent_key_digest": digest,
        "first_index": index,
        "addresses": [independent_address("bitcoin", "regtest", TPUB, index)],
    }
    answers = idler.execute(
        "SELECT outcome FROM app.allocate_and_insert(%s, %s)", (json.dumps([order]), json.dumps([window]))
    ).fetchall()
    assert answers == [("created",)]
    return int(index)


def test_a_full_queue_is_503_at_once(database: Database) -> None:
    with till(database, servers=1, PGTILL_QUEUE_LIMIT="4") as (shop, _):
        run(place_all(shop, [Order.numbered(1)]))
        with cursor_held(database, "wa_btc_regtest_001"):
            replies: list[Reply] = []

            async def client(number: int) -> None:
                wire = await shop.connect(number)
                order = Order(f"queued {number}", json.dumps(BTC).encode())
                replies.append(await shop.place(wire, order))
                await wire.close()

            run(at_once(32, client))
        codes = Counter(reply.code for reply in replies)
        assert codes == {"queue_full": 28, "cursor_busy": 4}
        assert [reply.code for reply in replies[:28]] == ["queue_full"] * 28  # these did not wait
        assert all(int(reply.headers["retry-after"]) >= 1 for reply in replies)
        run(place_all(shop, [Order.numbered(2)]))
        shop.assert_kept(database.dsn())
        assert order_count(database.dsn()) == 2


def test_a_wallet_gives_its_last_address_once_and_then_none(database: Database) -> None:
    dsn = database.dsn()
    with till(database) as (shop, _):
        run(place_all(shop, [Order("zero", json.dumps(BTC).encode())]))
        # 2^31 - 4 addresses later.
        execute(dsn, "UPDATE app.wallet_accounts SET next_index = 2147483644 WHERE id LIKE 'wa_btc_regtest%'")

        async def client(number: int) -> None:
            await place_all(shop, [Order(f"last {number}", json.dumps(BTC).encode())], number=number)

        run(at_once(40, client))
        assert shop.replies == {"201": 1 + 4, "503 wallet_exhausted": 36}
        given = rows(dsn, "SELECT derivation_index FROM app.payment_requests ORDER BY 1")
        assert given == [(0,), (2147483644,), (2147483645,), (2147483646,), (2147483647,)]
        last = rows(dsn, "SELECT address_canonical FROM app.payment_requests ORDER BY derivation_index")[-1]
        assert last == ("bcrt1qvwztv3wgx5xcdu627vvrfejg083pk4gahqky7f",)
        run(place_all(shop, [Order("last other", json.dumps(ETH).encode())]))
        assert shop.replies["201"] == 6


# Commits that nobody confirms


@pytest.fixture(scope="module")
def durable() -> Iterator[Cluster]:
    """A server of our own whose commits wait: its settings may be broken."""
    settings = {name: value for name, value in FAST.items() if name != "synchronous_commit"}
    with Cluster.temporary(settings=settings, data_dir=deployed()) as cluster:
        yield cluster


@pytest.fixture
def waiting(durable: Cluster) -> Iterator[Database]:
    durable.run("createdb", f"--template={TEMPLATE}", "waiting")
    yield Database(durable, "waiting")
    confirm_commits(durable.dsn())
    durable.run("dropdb", "--force", "waiting")


def refuse_to_confirm_commits(dsn: str) -> None:
    """From now on every commit waits for a standby that is not there."""
    execute(dsn, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'", "SELECT pg_reload_conf()")
    wait_until(lambda: rows(dsn, "SHOW synchronous_standby_names") == [("nobody",)])


def confirm_commits(dsn: str) -> None:
    execute(dsn, "ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()")
    wait_until(lambda: rows(dsn, "SHOW synchronous_standby_names") == [("",)])


WAITING = "FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND datname = 'waiting'"


def test_a_cancelled_commit_is_an_unknown_outcome(waiting: Database) -> None:
    dsn = waiting.dsn()
    orders = [Order.numbered(0), Order(key="", body=json.dumps(ETH).encode())]
    with till(waiting, servers=1) as (shop, _):
        run(place_all(shop, [Order.numbered(1)]))
        refuse_to_confirm_commits(dsn)

        async def place(order: Order) -> Reply:
            wire = await shop.connect(0)
            reply = asyncio.create_task(shop.place(wire, order))
            while not reply.done():
                await asyncio.to_thread(rows, dsn, f"SELECT pg_cancel_backend(pid) {WAITING}")
                await asyncio.sleep(0.05)
            await wire.close()
            return await reply

        for order in orders:
            reply = asyncio.run(place(order))
            assert (reply.status, reply.code) == (503, "outcome_unknown")
            assert int(reply.headers["retry-after"]) >= 1
            key = reply.json()["error"]["details"]["idempotency_key"]
            # Even without a key there is one to ask again with.
            assert key == order.key if order.key else key.startswith("auto_idem_")
            known = rows(
                dsn, "SELECT resource_id FROM app.idempotency_records WHERE idempotency_key = %s", key
            )
            assert len(known) == 1, "committed here, though nobody confirmed it"

            confirm_commits(dsn)
            run(place_all(shop, [Order(key, order.body)]))
            assert json.loads(shop.acknowledged[key])["id"] == known[0][0]
            refuse_to_confirm_commits(dsn)
        confirm_commits(dsn)
        shop.assert_kept(dsn)
        assert order_count(dsn) == 3


def test_a_commit_past_the_deadline_is_an_unknown_outcome_and_goes_on(waiting: Database) -> None:
    dsn = waiting.dsn()
    with till(waiting, servers=1, PGTILL_CALL_DEADLINE_SECONDS="1") as (shop, [server]):
        run(place_all(shop, [Order.numbered(1)]))
        refuse_to_confirm_commits(dsn)
        replies: list[Reply] = []

        async def client(number: int) -> None:
            wire = await shop.connect(number)
            order = Order(f"late {number}", json.dumps(BTC).encode())
            replies.append(await shop.place(wire, order))
            await wire.close()

        run(at_once(20, client))
        assert {reply.status for reply in replies} == {503}
        assert {reply.code for reply in replies} <= {"outcome_unknown", "cursor_busy"}
        assert "outcome_unknown" in {reply.code for reply in replies}
        for reply in replies:
            if reply.code == "outcome_unknown":
                assert reply.json()["error"]["details"]["idempotency_key"].startswith("late ")
        # The call was not cancelled: it still waits, where it can yet be confirmed.
        assert rows(dsn, f"SELECT count(*) > 0 {WAITING}") == [(True,)]
        assert server.process.poll() is None

        confirm_commits(dsn)
        again = [Order(f"late {number}", json.dumps(BTC).encode()) for number in range(20)]

        async def retry() -> None:
            wire = await shop.connect(0)
            for order in again:
                while (await shop.place(wire, order)).status not in (200, 201):
                    await asyncio.sleep(0.02)
            await wire.close()

        run(retry())
        shop.assert_kept(dsn)
        assert order_count(dsn) == 21
        assert shop.replies["200"] > 0


def test_a_database_that_crashes_keeps_every_answer() -> None:
    # Nothing is faster than it must be here: what was confirmed has to be on the disk.
    with Cluster.temporary(data_dir=deployed()) as cluster:
        database = Database(cluster, TEMPLATE)
        with till(database, servers=1) as (shop, _):
            crowd = Crowd(shop)

            async def crash_meanwhile(number: int) -> None:
                if number < 32:
                    await crowd.client(number)
                    return
                await crowd.until(200)
                cluster.kill()
                await crowd.until(shop.replies.total() + 20)
                crowd.stopped = True

            run(at_once(33, crash_meanwhile))
            assert all(reply.startswith(("201", "503")) for reply in shop.replies), shop.replies
        cluster.start()
        shop.assert_kept(database.dsn())
        with serving(database.dsn("pgtill_service")) as server:
            shop.ports = [server.port]
            run(retry_all(shop, crowd.tried))
            shop.assert_kept(database.dsn())
            assert order_count(database.dsn()) == len(crowd.tried)
