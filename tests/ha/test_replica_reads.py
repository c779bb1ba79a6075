"""GETs from a standby: whoever has written sees it, however far the standby is behind, and soon."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Iterator

import httpx2
import pytest

from tests.ha.pair import Pair, pair
from tests.support import BTC, DEADLINE_S, PATH, Server, create_merchant, execute, rows, serving, wait_until

pytestmark = pytest.mark.alone

HEADER = "X-Read-Token"
SOON = 1.5
"""Seconds; a GET waits for the standby a quarter of one, or half of one for a silent one."""


@pytest.fixture(scope="module")
def two() -> Iterator[Pair]:
    """A standby that nobody waits for: it may be behind."""
    with pair(synchronous=False) as two:
        yield two


@pytest.fixture(scope="module")
def server(two: Pair) -> Iterator[Server]:
    standby = two.dsn("pgtill_service").replace("read-write", "standby")
    with serving(two.dsn("pgtill_service"), PGTILL_REPLICA_URL=standby) as server:
        yield server


@pytest.fixture
def client(two: Pair, server: Server, request: pytest.FixtureRequest) -> Iterator[httpx2.Client]:
    merchant = create_merchant(two.dsn(), request.node.name)
    with httpx2.Client(base_url=server.url, headers=merchant.headers, timeout=DEADLINE_S) as client:
        yield client


def place(client: httpx2.Client) -> tuple[str, str]:
    """A new payment request, and the token of it."""
    answer = client.post(PATH, content=json.dumps(BTC))
    assert answer.status_code == 201
    assert re.fullmatch("[0-9A-Fa-f]{24}", answer.headers[HEADER])
    return answer.json()["id"], answer.headers[HEADER]


def read(client: httpx2.Client, payment_request_id: str, token: str) -> float:
    """GET it, which must be there; how long it took."""
    started = time.monotonic()
    answer = client.get(f"{PATH}/{payment_request_id}", headers={HEADER: token})
    assert (answer.status_code, answer.json()["id"]) == (200, payment_request_id)
    return time.monotonic() - started


def answered_by(server: Server) -> dict[str, float]:
    """Who answered how many GETs, and why."""
    found = re.findall(
        r'replica_reads_total{result="(\w+)"} ([0-9.]+)', httpx2.get(f"{server.url}/metrics").text
    )
    return {result: float(count) for result, count in found}


def more(server: Server, result: str, before: dict[str, float]) -> float:
    return answered_by(server).get(result, 0) - before.get(result, 0)


def is_shown_by_the_standby(two: Pair, payment_request_id: str) -> bool:
    query = "SELECT count(*) FROM app.payment_requests WHERE id = %s"
    return rows(two.dsn_of(two.standby), query, payment_request_id) == [(1,)]


def test_a_standby_that_is_behind_is_waited_for(two: Pair, server: Server, client: httpx2.Client) -> None:
    standby = two.dsn_of(two.standby)
    execute(standby, "ALTER SYSTEM SET recovery_min_apply_delay = '60ms'", "SELECT pg_reload_conf()")
    try:
        read(client, *place(client))
        before, behind = answered_by(server), 0
        for _ in range(20):
            payment_request_id, token = place(client)
            behind += not is_shown_by_the_standby(two, payment_request_id)
            read(client, payment_request_id, token)
        assert behind >= 10, "the standby was never behind: nothing was proven"
        assert more(server, "replica", before) >= 10
    finally:
        execute(standby, "ALTER SYSTEM RESET recovery_min_apply_delay", "SELECT pg_reload_conf()")


def test_a_standby_that_stands_still_is_waited_for_no_longer_than_a_moment(
    two: Pair, server: Server, client: httpx2.Client
) -> None:
    read(client, *place(client))
    execute(two.dsn_of(two.standby), "SELECT pg_wal_replay_pause()")
    try:
        before = answered_by(server)
        payment_request_id, token = place(client)
        assert read(client, payment_request_id, token) < SOON
        assert not is_shown_by_the_standby(two, payment_request_id)
        assert more(server, "behind", before) == 1
    finally:
        execute(two.dsn_of(two.standby), "SELECT pg_wal_replay_resume()")


def test_a_standby_that_is_silent_delays_nobody_for_long(
    two: Pair, server: Server, client: httpx2.Client
) -> None:
    read(client, *place(client))
    query = "SELECT pid FROM pg_stat_activity WHERE application_name = 'pgtill'"
    frozen = [pid for (pid,) in rows(two.dsn_of(two.standby), query)]
    frozen.append(two.nodes[two.standby].pid)
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    try:
        before = answered_by(server)
        order = place(client)
        assert read(client, *order) < SOON
        # It is left alone for a while, not tried again by everybody.
        assert read(client, *order) < SOON / 5
        assert more(server, "unreachable", before) == 1
        assert more(server, "resting", before) == 1
    finally:
        for pid in frozen:
            os.kill(pid, signal.SIGCONT)
    wait_until(lambda: read(client, *order) >= 0 and more(server, "replica", before) > 0)


def test_a_standby_that_is_down_is_done_without(two: Pair, server: Server, client: httpx2.Client) -> None:
    two.crash(two.standby)
    try:
        order = place(client)
        for _ in range(5):
            assert read(client, *order) < SOON
    finally:
        two.follow()
    before = answered_by(server)
    wait_until(lambda: read(client, *order) >= 0 and more(server, "replica", before) > 0)


def test_a_token_of_another_time_is_not_replayed(two: Pair, client: httpx2.Client) -> None:
    _, token = place(client)
    two.wait_until_caught_up()
    standby, later = two.dsn_of(two.standby, "pgtill_service"), f"{int(token[:8], 16) + 1:08x}"
    for given, answer in {
        token: True,
        f"{token[:8]}{'0' * 16}": True,
        f"{token[:8]}7{'f' * 15}": False,  # a place that is not reached yet
        f"{later}{token[8:]}": False,  # a timeline that this standby does not know
        "f" * 24: False,
        "": False,
        token + "0": False,
        "0/3000028": False,
    }.items():
        wanted = [(answer,)]
        wait_until(lambda: rows(standby, "SELECT app.has_replayed(%s)", given) == wanted, seconds=20)  # noqa: B023


def test_without_a_token_or_with_nonsense_the_primary_answers(
    two: Pair, server: Server, client: httpx2.Client
) -> None:
    payment_request_id, token = place(client)
    before = answered_by(server)
    for nonsense in ("", "x", "f" * 24, token + "0", token[:-1]):
        read(client, payment_request_id, nonsense)
    assert client.get(f"{PATH}/{payment_request_id}").status_code == 200
    assert answered_by(server) == before


def test_somebody_else_s_is_not_there_whoever_answers(
    two: Pair, server: Server, client: httpx2.Client
) -> None:
    payment_request_id, token = place(client)
    other = create_merchant(two.dsn(), "somebody else")
    answer = client.get(f"{PATH}/{payment_request_id}", headers=other.headers | {HEADER: token})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "payment_request_not_found")


def test_without_a_replica_nobody_is_given_a_token(two: Pair) -> None:
    merchant = create_merchant(two.dsn(), "no replica")
    with serving(two.dsn("pgtill_service")) as server:
        answer = httpx2.post(f"{server.url}{PATH}", content=json.dumps(BTC), headers=merchant.headers)
        assert (answer.status_code, HEADER in answer.headers) == (201, False)


def test_after_a_failover_old_tokens_and_new_ones_hold(
    two: Pair, server: Server, client: httpx2.Client
) -> None:
    old = place(client)
    two.wait_until_caught_up()
    two.crash(two.primary)
    two.promote()
    two.rejoin()
    wait_until(lambda: client.post(PATH, content=json.dumps(BTC)).status_code == 201)
    read(client, *old)
    before = answered_by(server)
    wait_until(lambda: read(client, *place(client)) >= 0 and more(server, "replica", before) > 0)
