"""How long it takes to ask where an account stands, now and in the past, when a book is large."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from bench.parts.growth import hindrance_to
from bench.report import Part, Ratio, Table
from bench.stage import Database, Effort, Stage

TITLE = "Asking a large book"

SQL = (Path(__file__).parents[1] / "books.sql").read_text()

HOT = "psp_settlement:bench"
DAYS = 400
CALLS = 300
LIMITS_MS = {
    "balance now": 1.0,
    "balance at a moment": 100.0,
    "balance at a moment, with daily balances": 100.0,
}

Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, kw_only=True)
class Book:
    """A book that began with so many entries, and what its hot account answers with."""

    entries: int
    load_seconds: float
    days_seconds: float
    milliseconds: dict[str, list[float]]
    """What was asked → how long each call took."""


def measure(stage: Stage, effort: Effort) -> Part:
    books, hindrances = [_measure(stage, 1_000)], []
    for count in effort.rows:
        rate = books[-1].load_seconds / books[-1].entries
        if len(books) > 1 and (hindrance := hindrance_to(count, count * rate, effort.load_seconds)):
            hindrances.append(hindrance)
        else:
            books.append(_measure(stage, count))
    return Part(
        name="books",
        title=TITLE,
        method="Journals of two lines over 400 days: each debits one hot account and credits one of a hundred, so "
        "that half of all entries are of the hot account, which is the one asked. Loaded by sets, then vacuumed; "
        f"{CALLS} calls one after the other, as the service's role over one connection, the past at random "
        "moments. With daily balances means that all days were recorded. PostgreSQL keeps the settings of "
        "`make run` (128 MB of shared buffers).",
        ratios=[
            Ratio.of(
                f"{what}, {book.entries:,} entries, median / {limit:g} ms",
                [statistics.median(book.milliseconds[what])],
                [limit],
                at_most=1,
            )
            for book in books[1:]
            for what, limit in LIMITS_MS.items()
        ],
        tables=[
            Table(
                title="Milliseconds a call",
                columns=["", "entries", "median", "p99", "slowest"],
                rows=[
                    [what, f"{book.entries:,}", *(f"{value:.2f}" for value in _figures(found))]
                    for book in books
                    for what, found in book.milliseconds.items()
                ],
            )
        ],
        notes=[
            f"Loading {book.entries:,} entries took {book.load_seconds:.0f} s; recording {DAYS} days "
            f"{book.days_seconds:.0f} s."
            for book in books
        ]
        + hindrances,
    )


def _measure(stage: Stage, entries: int) -> Book:
    with stage.database(f"books_{entries}") as database:
        start = time.monotonic()
        organization_id = _load(database, entries // 2)
        loaded = time.monotonic() - start
        with psycopg.connect(database.dsn("pgtill_service"), autocommit=True) as conn:
            ask = _questions(conn, organization_id)
            found = {name: _timed(call) for name, call in ask.items()}
            start = time.monotonic()
            _record_days(database)
            days = time.monotonic() - start
            found["balance at a moment, with daily balances"] = _timed(ask["balance at a moment"])
        return Book(entries=entries, load_seconds=loaded, days_seconds=days, milliseconds=found)


def _load(database: Database, journals: int) -> int:
    """Fill the merchant's book; the id of the organization."""
    with database.connect() as conn:
        row = conn.execute("SELECT min(id) FROM identity.organizations").fetchone()
        assert row is not None
        organization_id = int(row[0])
        conn.execute(
            """
            SELECT count(*) FROM ledger.open_accounts(
                (
                    SELECT jsonb_agg(
                        jsonb_build_object(
                            'organization_id', %s::bigint, 'name', name, 'type', type, 'currency', 'USD'
                        )
                    )
                    FROM (
                        SELECT %s, 'asset'
                        UNION ALL
                        SELECT 'merchant_balance:m_' || nth, 'liability' FROM generate_series(0, 99) AS nth
                    ) AS wanted (name, type)
                )
            )
            """,
            (organization_id, HOT),
        )
    values = {"count": journals, "days": DAYS, "organization_id": organization_id}
    # psycopg binds on its own side, as a script of several statements wants it.
    with (
        psycopg.connect(database.dsn(), cursor_factory=psycopg.ClientCursor) as conn,
        conn.cursor() as cursor,
    ):
        cursor.execute(SQL.encode(), values)
    with database.connect() as conn:
        conn.execute("VACUUM (ANALYZE)")
        conn.execute("CHECKPOINT")
    return organization_id


def _questions(conn: Connection, organization_id: int) -> dict[str, Callable[[], None]]:
    """What is asked → one call of it."""
    rows = conn.execute(
        "SELECT account_id, version FROM ledger.list_accounts(%s, NULL, 200, %s)", (organization_id, HOT)
    ).fetchall()
    ((hot, version),) = rows
    chance = random.Random(version)
    began = datetime.now(UTC) - timedelta(days=DAYS)

    def asking(query: str, *values: Callable[[], object]) -> Callable[[], None]:
        def call() -> None:
            found = conn.execute(query.encode(), (organization_id, *(value() for value in values))).fetchall()
            assert found

        return call

    def account() -> object:
        return hot

    def moment() -> object:
        return began + chance.random() * timedelta(days=DAYS)

    def place() -> object:
        return chance.randrange(version)

    return {
        "balance now": asking("SELECT balance FROM ledger.get_account(%s, %s)", account),
        "balance at a moment": asking("SELECT balance FROM ledger.balance_at(%s, %s, %s)", account, moment),
        "a page of the statement": asking(
            "SELECT version FROM ledger.account_statement(%s, %s, %s, 100)", account, place
        ),
        "trial balance now, 101 accounts": asking("SELECT debit FROM ledger.trial_balance(%s)"),
        "trial balance at a moment, 101 accounts": asking(
            "SELECT debit FROM ledger.trial_balance(%s, %s)", moment
        ),
    }


def _record_days(database: Database) -> None:
    today = datetime.now(UTC).date()
    with database.connect() as conn:
        for back in range(DAYS + 1, 0, -1):
            day: date = today - timedelta(days=back)
            conn.execute("SELECT ledger.record_daily_balances(%s)", (day,))


def _timed(call: Callable[[], None]) -> list[float]:
    found = []
    for _ in range(CALLS):
        start = time.perf_counter()
        call()
        found.append(1000 * (time.perf_counter() - start))
    return found


def _figures(found: Sequence[float]) -> tuple[float, float, float]:
    return statistics.median(found), statistics.quantiles(found, n=100)[98], max(found)
