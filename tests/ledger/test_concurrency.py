"""
Sixty-four clients post random journals among fifty accounts, and are killed meanwhile.

Afterwards the books balance, versions are without holes, chains are whole, and every journal that was
acknowledged is there, once.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest

from tests.conftest import Database
from tests.support import execute, rows

CLIENTS = 64
ACCOUNTS = 50
SHORT_S, LONG_S = 6.0, 60.0
FLOORED = 10
"""How many of the accounts may not go below zero, so that limits are passed all the time."""

POST = "SELECT journal_position, outcome, journal_id FROM ledger.post_journals(%s)"
REFUSED = {"limit_exceeded"}
BUSY = {"55P03", "57014", "40001"}
"""Refused for now: lock_timeout, statement_timeout, a key used meanwhile. Nothing was posted."""

LOST = {"57P01", "53300", "lost"}
"""Killed, perhaps after the commit: posted or not, the same keys will tell."""


@dataclass
class Book:
    """An organization with accounts, and what its clients were told."""

    dsn: str
    organization_id: int
    accounts: list[str]
    acknowledged: dict[str, str] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def journal(self, key: str, chance: random.Random) -> dict[str, Any]:
        """A journal of two to five lines over random accounts, no account twice."""
        *credited, debited = chance.sample(self.accounts, chance.randint(2, 5))
        amounts = [chance.randint(1, 1000) for _ in credited]
        lines = [{"account": debited, "side": "DEBIT", "amount": str(sum(amounts))}]
        lines += [
            {"account": account, "side": "CREDIT", "amount": str(amount)}
            for account, amount in zip(credited, amounts, strict=True)
        ]
        return {
            "organization_id": self.organization_id,
            "idempotency_key": key,
            "request_hash": f"{hash(json.dumps(lines)) & (2**64 - 1):064x}",
            "reason": "crowd",
            "actor": "client",
            "lines": lines,
        }

    def told(self, keys: list[str], answers: list[tuple[int, str, str | None]]) -> None:
        with self.lock:
            for (_, outcome, journal_id), key in zip(answers, keys, strict=True):
                self.seen[outcome] += 1
                if outcome in ("posted", "replayed"):
                    assert journal_id is not None
                    assert self.acknowledged.setdefault(key, journal_id) == journal_id
                else:
                    assert outcome in REFUSED, outcome


@pytest.fixture
def book(database: Database) -> Book:
    """Half of the accounts are assets, half liabilities, the first ten with a floor."""
    dsn = database.dsn()
    execute(dsn, "INSERT INTO identity.organizations (name) VALUES ('crowd')")
    (organization_id,) = rows(dsn, "SELECT id FROM identity.organizations WHERE name = 'crowd'")[0]
    wanted = [
        {
            "organization_id": organization_id,
            "name": f"account:{number}",
            "type": ("asset", "liability")[number % 2],
            "currency": "USD",
            "floor": "0" if number < FLOORED else None,
        }
        for number in range(ACCOUNTS)
    ]
    with psycopg.connect(dsn, autocommit=True) as conn:
        opened = conn.execute(
            "SELECT account_id FROM ledger.open_accounts(%s)", [json.dumps(wanted)]
        ).fetchall()
    return Book(database.dsn("pgtill_service"), organization_id, [account for (account,) in opened])


def _client(book: Book, number: int, seed: int, until: float) -> None:
    """Post batches until time is up; what was lost is asked again with the same keys, as a client would."""
    chance = random.Random(seed * 1000 + number)
    pending: list[dict[str, Any]] = []
    conn: psycopg.Connection[Any] | None = None
    turn = 0
    while time.monotonic() < until or pending:
        if not pending:
            turn += 1
            size = chance.choice((1, 1, 1, 5, 20))
            pending = [book.journal(f"{number}-{turn}-{item}", chance) for item in range(size)]
        try:
            if conn is None or conn.closed:
                conn = psycopg.connect(book.dsn, autocommit=True, prepare_threshold=None)
            answers = conn.execute(POST, [json.dumps(pending)]).fetchall()
        except psycopg.Error as exc:
            state = exc.sqlstate or "lost"
            with book.lock:
                book.seen[state] += 1
            if state not in BUSY | LOST:
                raise
            continue
        book.told([journal["idempotency_key"] for journal in pending], answers)
        pending = []
    if conn is not None:
        conn.close()


@contextmanager
def _kills(database: Database, seed: int, until: float) -> Iterator[Counter[str]]:
    """A backend of the clients ends every 50 ms or so, wherever it is."""
    done, killed = threading.Event(), Counter[str]()

    def killer() -> None:
        chance = random.Random(seed)
        with psycopg.connect(database.dsn(), autocommit=True) as conn:
            while not done.wait(chance.uniform(0.01, 0.1)) and time.monotonic() < until:
                found = conn.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE usename = 'pgtill_service' AND datname = %s AND state <> 'idle'"
                    " ORDER BY random() LIMIT 1",
                    [database.name],
                ).fetchall()
                killed["backends"] += len(found)

    thread = threading.Thread(target=killer)
    thread.start()
    try:
        yield killed
    finally:
        done.set()
        thread.join()


def _assert_whole(dsn: str) -> None:
    assert rows(dsn, "SELECT * FROM ledger.anomalies") == []
    assert rows(dsn, "SELECT * FROM ledger.verify()") == []
    # Said again without the view: the three promises, each from the rows alone.
    assert (
        rows(
            dsn,
            "SELECT journal_id, currency FROM ledger.entries GROUP BY journal_id, currency"
            " HAVING sum(CASE side WHEN 'DEBIT' THEN amount ELSE -amount END) <> 0",
        )
        == []
    )
    assert (
        rows(
            dsn,
            "SELECT account_id FROM ledger.entries GROUP BY account_id"
            " HAVING count(*) <> max(version) OR min(version) <> 1",
        )
        == []
    )
    assert (
        rows(
            dsn,
            "SELECT account.id FROM ledger.accounts AS account LEFT JOIN ledger.entries AS entry"
            " ON entry.account_id = account.id GROUP BY account.id HAVING account.balance <> coalesce("
            " sum(CASE WHEN entry.side = account.normal_side THEN entry.amount ELSE -entry.amount END), 0)",
        )
        == []
    )


def test_a_crowd_posts_and_is_killed(
    book: Book, database: Database, drawn_seed: int, pytestconfig: pytest.Config
) -> None:
    """Nothing acknowledged is lost, nothing is there twice, nobody waits in a circle."""
    seconds = LONG_S if pytestconfig.getoption("--long") else SHORT_S
    dsn = database.dsn()
    deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    before = rows(dsn, deadlocks)

    until = time.monotonic() + seconds
    with _kills(database, drawn_seed, until) as killed, ThreadPoolExecutor(CLIENTS) as pool:
        for done in [pool.submit(_client, book, number, drawn_seed, until) for number in range(CLIENTS)]:
            done.result()

    said = f"seed {drawn_seed}: {dict(book.seen)}, {dict(killed)}"
    print(said)
    assert killed["backends"] > 0, said
    assert book.seen["posted"] > CLIENTS, said
    assert book.seen["limit_exceeded"] > 0, said
    assert rows(dsn, deadlocks) == before, said
    stored = dict(rows(dsn, "SELECT idempotency_key, public_id FROM ledger.journals"))
    assert stored == book.acknowledged, said
    _assert_whole(dsn)


def test_one_key_from_fifty_connections_posts_once(book: Book, database: Database) -> None:
    """Whoever wins, everybody gets the same journal."""
    chance = random.Random(1)
    journal = book.journal("the key", chance) | {"idempotency_key": "the-key"}
    gate = threading.Barrier(50)

    def ask() -> tuple[str, str]:
        with psycopg.connect(book.dsn, autocommit=True) as conn:
            gate.wait()
            ((_, outcome, journal_id),) = conn.execute(POST, [json.dumps([journal])]).fetchall()
            return outcome, journal_id

    # No account with a floor: the journal must be good for whoever comes first.
    journal["lines"] = [
        line | {"account": account}
        for line, account in zip(journal["lines"], book.accounts[FLOORED:], strict=False)
    ]
    with ThreadPoolExecutor(50) as pool:
        answers = [done.result() for done in [pool.submit(ask) for _ in range(50)]]

    assert Counter(outcome for outcome, _ in answers) == {"posted": 1, "replayed": 49}
    assert len({journal_id for _, journal_id in answers}) == 1
    _assert_whole(database.dsn())
