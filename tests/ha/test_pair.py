"""A primary and a synchronous standby: what fails over, what is promised, what is cancelled."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from _pytest.outcomes import Failed
from psycopg.types.json import Jsonb
from starlette.applications import Starlette

from service.database import Connection, create_pool
from service.database import app as app_schema
from service.errors import from_database
from service.http.app import SERVICE_ROLE, create_app
from tests.derivation.support import TPUB
from tests.ha.load import Load, load
from tests.ha.pair import Pair, pair
from tests.support import (
    BTC,
    PATH,
    Merchant,
    Reply,
    Server,
    Wire,
    create_merchant,
    execute,
    independent_address,
    rows,
    serving,
    settings_for,
    wait_until,
)

BODY = json.dumps(BTC).encode()
HASH = "0" * 64
ACCOUNT = """
SELECT wallet_account_id, parent_key_digest, next_index
  FROM app.list_assets() WHERE (chain, network, asset) = ('bitcoin', 'regtest', 'BTC')
"""
SERVICE = "pg_stat_activity WHERE application_name = 'pgtill'"
WAITING = f"FROM {SERVICE} AND wait_event = 'SyncRep'"


@pytest.fixture(scope="module")
def two() -> Iterator[Pair]:
    """One pair for the module: each test leaves one that writes and one that follows."""
    with pair() as two:
        yield two


@pytest.fixture
def merchant(two: Pair, request: pytest.FixtureRequest) -> Merchant:
    return create_merchant(two.dsn(), request.node.name)


@contextmanager
def shop(two: Pair, **variables: str) -> Iterator[Server]:
    """A server process that is given both databases."""
    with serving(two.dsn("pgtill_service"), **variables) as server:
        yield server


def fail_over(two: Pair) -> None:
    """The primary crashes, the standby takes over, the crashed one follows it."""
    two.crash(two.primary)
    two.promote()
    two.rejoin()


def keep_the_standby_s_word(two: Pair) -> None:
    """The primary is lost, and all that is left is what the standby, down until now, has."""
    two.crash(two.primary)
    two.start(two.standby)
    two.promote()
    two.rejoin()


# Failing over


@pytest.mark.alone
def test_two_failovers_lose_no_answer_and_give_nothing_twice(two: Pair, merchant: Merchant) -> None:
    with shop(two) as server:
        with load([server.port], merchant) as shoppers:
            for _ in range(2):  # and back
                shoppers.wait_for(300)
                fail_over(two)
                shoppers.wait_for(300)
        shoppers.assert_kept(two.dsn())
        assert shoppers.replies["503 outcome_unknown"], "nothing was under way when the primary crashed"
        assert max(seconds for _, seconds in shoppers.stalls) < 20
        assert server.process.poll() is None


def test_an_old_primary_that_nobody_fenced_acknowledges_nothing(two: Pair, merchant: Merchant) -> None:
    # It comes back, takes writes and stands first in the list: only its missing standby stops it.
    dsn = two.dsn("pgtill_service", first=two.primary)
    old = two.primary
    with serving(dsn, PGTILL_CALL_DEADLINE_SECONDS="1") as server:
        two.crash(old)
        two.promote()
        two.start(old)
        execute(two.dsn_of(two.primary), f"SELECT pg_terminate_backend(pid) FROM {SERVICE}")
        with load([server.port], merchant, clients=8) as shoppers:
            wait_until(lambda: rows(two.dsn_of(old), f"SELECT count(*) > 0 {WAITING}") == [(True,)])
            wait_until(lambda: shoppers.replies["503 outcome_unknown"] > 0)
            assert not shoppers.acknowledged
            two.crash(old)
            two.rejoin()
            shoppers.wait_for(100)
        shoppers.assert_kept(two.dsn())


def test_a_server_that_only_reads_is_as_if_it_were_not_there(two: Pair) -> None:
    async def order() -> tuple[str, bool]:
        dsn = two.dsn_of(two.standby, "pgtill_service")
        async with create_pool(dsn, size=1, role=SERVICE_ROLE) as pool:
            async with pool.connection() as conn:
                pass
            with pytest.raises(psycopg.errors.ReadOnlySqlTransaction) as refusal:
                await app_schema.allocate_and_insert(pool, orders=[], windows=[])
            return from_database(refusal.value).code, conn.closed

    assert asyncio.run(order()) == ("database_unavailable", True)


# What the synchronous standby is for


@dataclass(frozen=True)
class Harm:
    """What a failover did to those who had been answered."""

    acknowledged: int
    lost: int
    addresses_given_twice: int


def harm_of_a_failover(*, synchronous: bool) -> Harm:
    """
    The standby is away for a moment, then the primary is lost; clients go on with what is left.

    The service is started anew: a process that has seen a later cursor than the database now has
    would hand out nothing.
    """
    with pair(synchronous=synchronous) as two:
        merchant = create_merchant(two.dsn())
        with load([], merchant) as shoppers:
            with shop(two) as server:
                shoppers.ports = [server.port]
                shoppers.wait_for(300)
                two.crash(two.standby)
                count = len(shoppers.acknowledged)
                with suppress(Failed):  # synchronous: for ever none
                    wait_until(lambda: len(shoppers.acknowledged) > count + 300, seconds=2)
                keep_the_standby_s_word(two)
            with shop(two) as server:
                shoppers.ports = [server.port]
                shoppers.wait_for(1000)
                shoppers.end()
        return Harm(
            len(shoppers.acknowledged),
            len(shoppers.lost_keys(two.dsn())) + len(shoppers.different),
            shoppers.addresses_given_twice(),
        )


@pytest.mark.alone
def test_without_a_synchronous_standby_answers_are_lost_and_addresses_given_twice() -> None:
    harm = harm_of_a_failover(synchronous=False)
    assert harm.lost >= 300
    assert harm.addresses_given_twice >= 300


def test_with_one_the_same_fault_does_no_harm() -> None:
    harm = harm_of_a_failover(synchronous=True)
    assert harm.acknowledged >= 1300
    assert (harm.lost, harm.addresses_given_twice) == (0, 0)


def test_a_session_that_would_not_wait_waits(two: Pair, merchant: Merchant) -> None:
    two.crash(two.standby)
    with (
        ThreadPoolExecutor(1) as aside,
        psycopg.connect(two.dsn_of(two.primary, "pgtill_service"), autocommit=True) as conn,
    ):
        conn.execute("SET synchronous_commit = off")
        account, digest, index = conn.execute(ACCOUNT).fetchone() or ("", "", 0)
        order = BTC | {
            "organization_id": merchant.organization_id,
            "idempotency_key": "off",
            "request_hash": HASH,
        }
        window = {
            "wallet_account_id": account,
            "parent_key_digest": digest,
            "first_index": index,
            "addresses": [independent_address("bitcoin", "regtest", TPUB, index)],
        }
        query = "SELECT outcome FROM app.allocate_and_insert(%s, %s)"
        answer = aside.submit(conn.execute, query, (Jsonb([order]), Jsonb([window])))
        waiting = (
            f"SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND pid = {conn.info.backend_pid}"
        )
        wait_until(lambda: rows(two.dsn_of(two.primary), waiting) == [(conn.info.backend_pid,)])
        time.sleep(1)
        assert not answer.done()
        # Another writes beside it, and is answered at once: this session, too, would have been.
        with psycopg.connect(two.dsn_of(two.primary), autocommit=True) as other:
            other.execute("SET synchronous_commit = off")
            other.execute("CREATE TABLE public.never_replicated ()")
        keep_the_standby_s_word(two)
        with pytest.raises(psycopg.OperationalError):
            answer.result()
    assert rows(two.dsn(), "SELECT to_regclass('public.never_replicated')") == [(None,)]
    assert_one_answer_for_the_key(two, merchant, "off")


# A commit that waits for its standby, and is told to stop waiting: committed here, and nowhere else


def ask(server: Server, merchant: Merchant, key: str) -> Reply:
    async def once() -> Reply:
        wire = await Wire.open(server.port)
        try:
            return await wire.ask("POST", PATH, BODY, merchant.headers | {"idempotency-key": key})
        finally:
            await wire.close()

    return asyncio.run(once())


def assert_only_the_old_primary_has_it(two: Pair, merchant: Merchant, key: str) -> None:
    query = "SELECT count(*) FROM app.idempotency_records WHERE organization_id = %s AND idempotency_key = %s"
    wait_until(lambda: rows(two.dsn_of(two.primary), query, merchant.organization_id, key) == [(1,)])
    keep_the_standby_s_word(two)
    assert rows(two.dsn(), query, merchant.organization_id, key) == [(0,)]


def assert_it_still_waits(two: Pair) -> None:
    """Nobody has cancelled it: it waits where it can yet be confirmed. Then it is lost, with the primary."""
    time.sleep(1)
    assert rows(two.dsn_of(two.primary), f"SELECT count(*) {WAITING}") == [(1,)]
    keep_the_standby_s_word(two)


def assert_one_answer_for_the_key(two: Pair, merchant: Merchant, key: str) -> None:
    """After the failover the key is asked for again, and again."""
    with shop(two) as server:
        first, again = ask(server, merchant, key), ask(server, merchant, key)
        assert (first.status, again.status, again.body) == (201, 200, first.body)
        Load([], merchant, {key: first.body}).assert_kept(two.dsn())


def test_a_commit_cancelled_by_an_administrator_is_not_acknowledged(two: Pair, merchant: Merchant) -> None:
    with shop(two) as server, ThreadPoolExecutor(1) as aside:
        two.crash(two.standby)
        answer = aside.submit(ask, server, merchant, "cancelled")
        while not answer.done():
            execute(two.dsn_of(two.primary), f"SELECT pg_cancel_backend(pid) {WAITING}")
        assert (answer.result().status, answer.result().code) == (503, "outcome_unknown")
        assert_only_the_old_primary_has_it(two, merchant, "cancelled")
    assert_one_answer_for_the_key(two, merchant, "cancelled")


def test_a_client_that_goes_away_cancels_no_commit(two: Pair, merchant: Merchant) -> None:
    with shop(two) as server:
        two.crash(two.standby)

        async def go_away() -> None:
            wire = await Wire.open(server.port)
            await wire.send("POST", PATH, BODY, merchant.headers | {"idempotency-key": "gone"})
            while rows(two.dsn_of(two.primary), f"SELECT count(*) {WAITING}") != [(1,)]:
                await asyncio.sleep(0.02)
            await wire.close(abruptly=True)

        asyncio.run(go_away())
        assert_it_still_waits(two)
    assert_one_answer_for_the_key(two, merchant, "gone")


async def call(app: Starlette, state: Any, merchant: Merchant, key: str) -> int:
    """POST to an application inside this process; the status of its answer."""
    headers = merchant.headers | {"idempotency-key": key, "content-length": str(len(BODY))}
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": PATH,
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "state": dict(state),
    }
    statuses: list[int] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": BODY, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await app(scope, receive, send)
    return statuses[0]


def interrupt(
    two: Pair,
    merchant: Merchant,
    key: str,
    cut: Callable[[Connection, asyncio.Task[int]], object],
    check: Callable[[], None],
) -> int | BaseException:
    """Place an order inside this process, do that to it while its commit waits; what came of its task."""

    async def place() -> int | BaseException:
        app = create_app(settings_for(two.dsn("pgtill_service"), PGTILL_POOL_SIZE="1"))
        async with app.router.lifespan_context(app) as state:
            assert state
            async with state["pool"].connection() as conn:
                pass  # there is one, which the call will take
            two.crash(two.standby)
            task = asyncio.create_task(call(app, state, merchant, key))
            while rows(two.dsn_of(two.primary), f"SELECT count(*) {WAITING}") != [(1,)]:
                await asyncio.sleep(0.02)
            cut(conn, task)
            (result,) = await asyncio.gather(task, return_exceptions=True)
            check()
            return result

    return asyncio.run(place())


def test_a_cancel_request_for_a_waiting_commit_is_not_acknowledged(two: Pair, merchant: Merchant) -> None:
    status = interrupt(
        two,
        merchant,
        "cancelled",
        lambda conn, _: conn.cancel(),
        lambda: assert_only_the_old_primary_has_it(two, merchant, "cancelled"),
    )
    assert status == 503
    assert_one_answer_for_the_key(two, merchant, "cancelled")


def test_a_cancelled_task_leaves_its_commit_alone(two: Pair, merchant: Merchant) -> None:
    result = interrupt(
        two, merchant, "cancelled", lambda _, task: task.cancel(), lambda: assert_it_still_waits(two)
    )
    assert isinstance(result, asyncio.CancelledError)
    assert_one_answer_for_the_key(two, merchant, "cancelled")
