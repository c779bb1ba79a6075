"""Journals of two lines against transfers of pgledger: same server, accounts, clients and batches."""

from __future__ import annotations

import os
import random
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from itertools import count, product
from pathlib import Path
from typing import Any

import msgspec
import psycopg

from bench.parts import NotHere
from bench.report import Part, Ratio, Table
from bench.stage import Database, Effort, Stage
from service.database.ledger import AccountItem, JournalItem
from service.types_ledger import LineOrder

TITLE = "Journals in SQL alone, against pgledger"

VARIABLE = "PGTILL_BENCH_PGLEDGER"
ACCOUNTS = 200
CLIENTS = (1, 8)
BATCHES = (1, 100)
AT_LEAST = {(1, 1): 1.2, (1, 8): 1.2, (100, 1): 2.0, (100, 8): 3.0}
"""(journals a call, clients) -> the ratio to reach."""

Connection = psycopg.Connection[tuple[Any, ...]]
Moves = Sequence[tuple[str, str, int]]
"""From an account to another, how much."""


@dataclass(frozen=True)
class Ledger:
    """One of the two, in a database of its own."""

    name: str
    dsn: str
    accounts: list[str]
    post: Callable[[Connection, Moves], None]
    """Moves amounts in one call; raises where one was not moved."""


@dataclass(frozen=True)
class Case:
    """What is asked of both."""

    batch: int
    clients: int
    is_hot: bool

    def __str__(self) -> str:
        accounts = "one hot account" if self.is_hot else f"{ACCOUNTS} accounts"
        return f"{self.batch} a call, {self.clients} clients, {accounts}"


CASES = [Case(*chosen) for chosen in product(BATCHES, CLIENTS, (False, True))]


def measure(stage: Stage, effort: Effort) -> Part:
    scripts = _scripts()
    with stage.database("journals") as database, _peer_database(stage, scripts) as peer:
        ledgers = (_ours(database), _theirs(peer))
        runs = {
            f"{ledger.name}: {case}": partial(_run, ledger, case, effort.seconds)
            for case in CASES
            for ledger in ledgers
        }
        rates = effort.interleave(runs)
        _assert_whole(database)
    ours, theirs = (ledger.name for ledger in ledgers)
    return Part(
        name="pgledger",
        title=TITLE,
        method="A journal here and a transfer there move an amount between two accounts, called by threads of "
        "one Python process over a connection each. Here each journal has an idempotency key, a request hash, a "
        "reason and an actor, it is checked by constraint that it balances, and its entries are chained by hash; "
        f"transfers there have none of these. pgledger is the copy that {VARIABLE} names.",
        ratios=[
            Ratio.of(
                f"{ours} / {theirs}, {case}",
                rates[f"{ours}: {case}"],
                rates[f"{theirs}: {case}"],
                at_least=AT_LEAST[case.batch, case.clients],
            )
            for case in CASES
        ],
        tables=[
            Table(
                title="Median round, a second",
                columns=["", ours, theirs],
                rows=[
                    [str(case)]
                    + [f"{statistics.median(rates[f'{name}: {case}']):,.0f}" for name in (ours, theirs)]
                    for case in CASES
                ],
            )
        ],
    )


# The two ledgers


def _ours(database: Database) -> Ledger:
    """Posted to as the service does."""
    with database.connect() as conn:
        organization_id = conn.execute("SELECT min(id) FROM identity.organizations").fetchall()[0][0]
        wanted = [
            AccountItem(organization_id=organization_id, name=f"bench:{number}", type="asset", currency="USD")
            for number in range(ACCOUNTS)
        ]
        accounts = [
            str(account)
            for start in range(0, ACCOUNTS, 100)
            for (account,) in conn.execute(
                "SELECT account_id FROM ledger.open_accounts(accounts => %s::text::jsonb)",
                (_json(wanted[start : start + 100]),),
            )
        ]
    numbers = count()

    def post(conn: Connection, moves: Moves) -> None:
        journals = [
            JournalItem(
                organization_id=organization_id,
                idempotency_key=f"bench-{number:012x}",
                request_hash=f"{number:064x}",
                reason="a transfer",
                actor="bench",
                lines=(
                    LineOrder(account=source, side="CREDIT", amount=str(amount)),
                    LineOrder(account=target, side="DEBIT", amount=str(amount)),
                ),
            )
            for (source, target, amount), number in zip(moves, numbers, strict=False)
        ]
        outcomes = conn.execute(
            "SELECT outcome FROM ledger.post_journals(journals => %s::text::jsonb)", (_json(journals),)
        ).fetchall()
        if outcomes != [("posted",)] * len(moves):
            raise RuntimeError(f"not posted: {outcomes[:3]}")

    return Ledger("pgtill", database.dsn("pgtill_service"), accounts, post)


def _theirs(dsn: str) -> Ledger:
    """Accounts may go below zero there as here."""
    with psycopg.connect(dsn, autocommit=True) as conn:
        accounts = [
            str(account)
            for (account,) in conn.execute(
                "SELECT (pgledger_create_account('bench:' || number, 'USD')).id FROM generate_series(1, %s) AS number",
                (ACCOUNTS,),
            )
        ]

    def post(conn: Connection, moves: Moves) -> None:
        if len(moves) == 1:
            conn.execute("SELECT id FROM pgledger_create_transfer(%s, %s, %s)", moves[0])
            return
        requests = ",".join(f'"({source},{target},{amount})"' for source, target, amount in moves)
        answered = conn.execute(
            """
            SELECT id
              FROM pgledger_create_transfers(
                       transfer_requests => %s::text::transfer_request[], event_at => NULL
                   )
            """,
            (f"{{{requests}}}",),
        )
        if answered.rowcount != len(moves):
            raise RuntimeError(f"{answered.rowcount} of {len(moves)} transfers")

    return Ledger("pgledger", dsn, accounts, post)


def _scripts() -> list[Path]:
    """pgledger.sql after what it needs: of a copy of its repository, or beside the file itself."""
    given = os.environ.get(VARIABLE)
    if not given:
        raise NotHere(f"no copy of pgledger: {VARIABLE} names none, and nothing is downloaded")
    path = Path(given)
    script = path / "pgledger.sql" if path.is_dir() else path
    if not script.is_file():
        raise NotHere(f"{VARIABLE}: {script} is not there")
    return [*sorted((script.parent / "vendor").rglob("*.sql")), script]


@contextmanager
def _peer_database(stage: Stage, scripts: Sequence[Path]) -> Iterator[str]:
    """A database with pgledger and nothing of ours."""
    stage.cluster.run("createdb", "pgledger")
    dsn = stage.cluster.dsn(dbname="pgledger")
    try:
        with psycopg.connect(dsn, autocommit=True) as conn:
            for script in scripts:
                conn.execute(script.read_bytes())
        yield dsn
    finally:
        stage.cluster.run("dropdb", "--force", "pgledger")


def _assert_whole(database: Database) -> None:
    """Raises RuntimeError when what was measured was not right."""
    for question in ("ledger.anomalies", "ledger.verify()"):
        if found := database.value(f"SELECT count(*) FROM {question}"):
            raise RuntimeError(f"{question} has {found} rows")


def _json(items: Sequence[msgspec.Struct]) -> str:
    return msgspec.json.encode(items).decode()


# Measuring


def _run(ledger: Ledger, case: Case, seconds: float) -> float:
    """Journals a second: each client calls as often as it can."""
    gate = threading.Barrier(case.clients + 1)

    def client(number: int) -> int:
        moves = _moves(ledger.accounts, case, random.Random(number))
        posted = 0
        with psycopg.connect(ledger.dsn, autocommit=True, prepare_threshold=None) as conn:
            try:
                ledger.post(conn, next(moves))  # plans are made
            except BaseException:
                gate.abort()
                raise
            gate.wait()
            until = time.perf_counter() + seconds
            while time.perf_counter() < until:
                ledger.post(conn, next(moves))
                posted += case.batch
        return posted

    with ThreadPoolExecutor(case.clients) as clients:
        running = [clients.submit(client, number) for number in range(case.clients)]
        with suppress(threading.BrokenBarrierError):  # the client that broke it says why
            gate.wait()
        began = time.perf_counter()
        posted = sum(one.result() for one in running)
        return posted / (time.perf_counter() - began)


def _moves(accounts: Sequence[str], case: Case, chance: random.Random) -> Iterator[Moves]:
    """Batches between any two accounts, or between the hot one and any other."""
    while True:
        batch = []
        for _ in range(case.batch):
            pair = [accounts[0], chance.choice(accounts[1:])] if case.is_hot else chance.sample(accounts, 2)
            source, target = chance.sample(pair, 2)
            batch.append((source, target, chance.randrange(1, 100_000)))
        yield batch
