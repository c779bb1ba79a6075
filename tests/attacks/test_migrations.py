"""A release that changes functions comes while merchants ask: nobody waits for it, nothing is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx2
import psycopg
import pytest

from service import migrations
from tests.support import BTC, PATH, Shop

CLIENTS = 8
LONGEST_S = 2.0


@dataclass
class Seen:
    """What clients were answered, and how long the slowest answer took."""

    statuses: list[int] = field(default_factory=list)
    slowest: float = 0.0


@contextmanager
def asking(shop: Shop) -> Iterator[Seen]:
    """Clients that ask for payments, one after the other, as long as this lasts."""
    seen, is_over = Seen(), threading.Event()

    def ask() -> None:
        with httpx2.Client(base_url=shop.server.url, headers=shop.merchant.headers, timeout=30) as client:
            while not is_over.is_set():
                started = time.perf_counter()
                status = client.post(PATH, json=BTC).status_code
                seen.statuses.append(status)
                seen.slowest = max(seen.slowest, time.perf_counter() - started)

    threads = [threading.Thread(target=ask) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


@pytest.mark.alone
def test_functions_are_replaced_while_merchants_ask(shop: Shop) -> None:
    """As a release replaces them: each script of schema app in the order of the plan, and a deploy."""
    plan = (migrations.ROOT / "sqitch.plan").read_text().splitlines()
    scripts = [line.split()[0] for line in plan if line.startswith("functions/app/")]
    assert "functions/app/allocate_and_insert" in scripts
    with psycopg.connect(shop.dsn, autocommit=True) as conn:
        before = _count(conn)
        with asking(shop) as seen:
            for script in scripts:
                conn.execute((migrations.ROOT / "db" / f"{script}.sql").read_bytes())
            migrations.deploy(shop.dsn, quiet=True)
        assert set(seen.statuses) == {201}
        assert _count(conn) == before + len(seen.statuses)
        assert conn.execute("SELECT count(*) FROM app.anomalies").fetchone() == (0,)
    assert len(seen.statuses) > CLIENTS
    assert seen.slowest < LONGEST_S


def _count(conn: psycopg.Connection[tuple[object, ...]]) -> int:
    row = conn.execute("SELECT count(*) FROM app.payment_requests").fetchone()
    assert row is not None
    return int(str(row[0]))
