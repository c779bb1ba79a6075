"""A release comes while merchants ask: nobody waits for it for long, nothing is lost."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import psycopg
import pytest

from service import migrations
from tests.conftest import Database
from tests.controls.workshop import copied
from tests.support import BTC, PATH, Shop, environment, rows, wait_until

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


RELEASE = {
    "column": (
        "BEGIN; ALTER TABLE app.payment_requests ADD COLUMN note text; COMMIT;",
        "ALTER TABLE app.payment_requests DROP COLUMN note;",
    ),
    # Two steps: the first reads nothing, the second keeps nobody from writing.
    "constraint": (
        """
        BEGIN;
        ALTER TABLE app.payment_requests
        ADD CONSTRAINT payment_requests_note_length CHECK (octet_length(note) <= 100) NOT VALID;
        COMMIT;
        ALTER TABLE app.payment_requests VALIDATE CONSTRAINT payment_requests_note_length;
        """,
        "ALTER TABLE app.payment_requests DROP CONSTRAINT payment_requests_note_length;",
    ),
    # Outside of a transaction; where it was broken off, an invalid index is left and must go first.
    "index": (
        """
        DROP INDEX IF EXISTS app.payment_requests_note_idx;
        CREATE INDEX CONCURRENTLY payment_requests_note_idx ON app.payment_requests (note);
        """,
        "DROP INDEX app.payment_requests_note_idx;",
    ),
}
"""Change → its script and how it is taken back."""

WAITING = "SELECT pid FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND NOT granted"
REPORT_S = 3.0
"""How long it goes on when the release has come to it: longer than a merchant may be kept waiting."""


@pytest.mark.alone
def test_a_table_is_changed_while_merchants_ask_and_a_report_reads_it(shop: Shop) -> None:
    """The change waits for the report; merchants, who come after it, wait for neither."""
    last = migrations.planned_changes()[-1]
    with (
        copied() as home,
        psycopg.connect(shop.dsn, autocommit=True) as conn,
        psycopg.connect(shop.dsn) as report,
    ):
        release(home)
        before = _count(conn)
        with asking(shop) as seen:
            for command in (["deploy"], ["revert", "--to", last, "--yes"]):
                report.execute("SELECT count(*) FROM app.payment_requests")
                with pgtill_db(home, shop.dsn, *command) as process:
                    wait_until(lambda: rows(shop.dsn, WAITING) != [])
                    time.sleep(REPORT_S)
                    assert process.poll() is None  # nothing is changed before the report is over
                    report.rollback()
                    assert process.wait(60) == 0, process.stderr and process.stderr.read()
                if command == ["deploy"]:
                    assert _has_column_constraint_and_index(conn)
        assert set(seen.statuses) == {201}
        assert _count(conn) == before + len(seen.statuses)
        assert conn.execute("SELECT count(*) FROM app.anomalies").fetchone() == (0,)
    assert migrations.standing(shop.dsn)["last"] == last
    assert len(seen.statuses) > CLIENTS
    assert seen.slowest < LONGEST_S


def test_what_stands_before_a_change_that_fails_is_kept(database: Database) -> None:
    with copied() as home:
        release(home)
        (home / "db" / "release" / "index.sql").write_text("SELECT 1 / 0;")
        with pgtill_db(home, database.dsn(), "deploy") as process:
            assert process.wait(60) == 1
            assert process.stderr
            assert "division by zero" in process.stderr.read()
    assert migrations.standing(database.dsn())["last"] == "release/constraint"


def release(home: Path) -> None:
    """Add the changes of the release to a copy of the project."""
    for name, (script, back) in RELEASE.items():
        for folder, text in (("db", script), ("db/revert", back), ("db/verify", "SELECT 1;")):
            path = home / folder / "release" / f"{name}.sql"
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"{text}\n")
        with (home / "sqitch.plan").open("a") as plan:
            plan.write(f"release/{name} 2026-12-31T00:00:00Z pgtill <pgtill@example.org> # Tried.\n")


@contextmanager
def pgtill_db(home: Path, dsn: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """`pgtill db` of that copy of the project."""
    with subprocess.Popen(
        [sys.executable, "-m", "service.cli", "db", *arguments],
        cwd=home,
        env=environment(dsn, PYTHONPATH=str(home), PYTHONDONTWRITEBYTECODE="1"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _has_column_constraint_and_index(conn: psycopg.Connection[tuple[object, ...]]) -> bool:
    row = conn.execute(
        """
        SELECT
            EXISTS (
                SELECT FROM pg_attribute
                WHERE attrelid = 'app.payment_requests'::regclass AND attname = 'note'
            )
            AND EXISTS (
                SELECT FROM pg_constraint WHERE conname = 'payment_requests_note_length' AND convalidated
            )
            AND EXISTS (
                SELECT FROM pg_index
                WHERE indexrelid = 'app.payment_requests_note_idx'::regclass AND indisvalid
            )
        """
    ).fetchone()
    return row == (True,)


def _count(conn: psycopg.Connection[tuple[object, ...]]) -> int:
    row = conn.execute("SELECT count(*) FROM app.payment_requests").fetchone()
    assert row is not None
    return int(str(row[0]))
