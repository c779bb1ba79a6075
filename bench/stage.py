"""What every part needs: one PostgreSQL on disk, a fresh database of it, server processes, a merchant."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, Self, TypeVar
from urllib.request import urlopen

import psycopg

from bench.wrk import Request
from service import migrations
from service.embedded import Cluster
from service.keysets import PUBLISHED_TEST_KEYSETS, VARIABLE

T = TypeVar("T")

TEMPLATE = "benched"
PATH = "/v1/payment-requests"
START_SECONDS = 60

LOG_FILES = 48
"""Of 16 MB, of the write-ahead log: as many as are written over between two checkpoints."""


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How long, how often and how much: more of each, less noise."""

    rounds: int = 3
    seconds: int = 2
    """Of one run of a load generator."""
    warm_up_seconds: int = 1
    connections: tuple[int, ...] = (1, 8, 64, 256)
    """1 and 64 among them: targets are for these."""
    processes: tuple[int, ...] = (1, 2)
    batches: tuple[int, ...] = (1, 8, 32, 128)
    clients: tuple[int, ...] = (1, 2, 8)
    soak_seconds: int = 45
    recovery_seconds: int = 12
    rows: tuple[int, ...] = (1_000_000, 10_000_000)
    """Payment requests that the databases of `growth` begin with, the fewest first."""
    load_seconds: float = 420.0
    """What loading them may take; more are left out when fewer took so long that these would take longer."""
    is_rehearsal: bool = False

    @classmethod
    def rehearsal(cls) -> Self:
        """Everything once, as short as it goes."""
        return cls(
            rounds=1,
            seconds=1,
            warm_up_seconds=0,
            connections=(1, 64),
            processes=(1,),
            batches=(1, 128),
            clients=(1, 2),
            soak_seconds=3,
            recovery_seconds=2,
            rows=(2_000,),
            is_rehearsal=True,
        )

    def interleave(self, runs: Mapping[str, Callable[[], T]]) -> dict[str, list[T]]:
        """Every round does everything once, every other backwards: what drifts, drifts for all."""
        results: dict[str, list[T]] = {name: [] for name in runs}
        for number in range(self.rounds):
            for name in list(runs) if number % 2 == 0 else reversed(list(runs)):
                results[name].append(runs[name]())
        return results


@dataclass(frozen=True, kw_only=True)
class Database:
    """A database of its own, deployed, its wallets bound to their keys."""

    cluster: Cluster
    name: str
    key: str

    def dsn(self, user: str = "postgres") -> str:
        return self.cluster.dsn(user, self.name)

    def connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        """As superuser, each statement a transaction."""
        return psycopg.connect(self.dsn(), autocommit=True)

    def value(self, query: str) -> Any:
        """The one value that a query answers."""
        with self.connect() as conn:
            row = conn.execute(query.encode()).fetchone()
        return row[0] if row else None

    def post(
        self, *, network: str = "regtest", key: str | None = None, amount: int = 150_000, path: str = PATH
    ) -> Request:
        """An order as a merchant sends it."""
        chain, asset = ("ethereum", "ETH") if network == "sepolia" else ("bitcoin", "BTC")
        order = {
            "chain": chain,
            "network": network,
            "asset": asset,
            "expected_amount_minor": str(amount),
            "metadata": {"order": "A-1001"},
        }
        return self.ask("POST", path, order, key=key)

    def ask(self, method: str, path: str, body: object = None, *, key: str | None = None) -> Request:
        """A request with the merchant's API key."""
        headers = {"Authorization": f"Bearer {self.key}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        if body is None:
            return Request(path=path, method=method, headers=headers)
        headers["Content-Type"] = "application/json"
        return Request(
            path=path, method=method, headers=headers, body=json.dumps(body, separators=(",", ":"))
        )

    def assert_whole(self) -> None:
        """Raises RuntimeError when load left an anomaly behind."""
        if found := self.value("SELECT count(*) FROM app.anomalies"):
            raise RuntimeError(f"app.anomalies has {found} rows")


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running server."""

    url: str
    pid: int


class Stage:
    """One PostgreSQL server with a deployed template; a part takes databases of it."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        with psycopg.connect(cluster.dsn(), autocommit=True) as conn:
            conn.execute(f"CREATE DATABASE {TEMPLATE}")
        migrations.deploy(cluster.dsn(dbname=TEMPLATE), quiet=True)
        self._key = _api_key(cluster.dsn(dbname=TEMPLATE))
        # The first start binds wallets to their keys; every later database has that behind it.
        with self.server(Database(cluster=cluster, name=TEMPLATE, key=self._key)):
            pass

    @classmethod
    @contextmanager
    def set_up(cls, settings: Mapping[str, str] | None = None) -> Iterator[Stage]:
        """Settings are those of `make run` but for `settings`; gone with its data at the end."""
        with Cluster.temporary(settings=settings) as cluster:
            yield cls(cluster)

    def reuse_log(self) -> None:
        """
        Have what a server has that has run for a while: log files to write over.

        A new server makes each before it writes it, about one a second under our load, and for the
        50 ms that this takes nobody's commit is flushed.
        """
        with psycopg.connect(self.cluster.dsn(), autocommit=True) as conn:
            for _ in range(LOG_FILES):
                conn.execute("SELECT pg_logical_emit_message(true, 'bench', 'log'), pg_switch_wal()")
            conn.execute("CHECKPOINT")

    @contextmanager
    def database(self, name: str) -> Iterator[Database]:
        """A fresh one, gone at the end."""
        self.cluster.run("createdb", f"--template={TEMPLATE}", name)
        try:
            yield Database(cluster=self.cluster, name=name, key=self._key)
        finally:
            self.cluster.run("dropdb", "--force", name)

    @contextmanager
    def server(
        self, database: Database, *, program: str = "bench.server", workers: int = 1, **variables: str
    ) -> Iterator[Server]:
        """`pgtill serve` as bench.server has it, with so many worker processes, or another program."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        env = {
            **os.environ,
            "DATABASE_URL": database.dsn("pgtill_service"),
            "BENCH_ADMIN_URL": database.dsn(),
            "BENCH_WORKERS": str(workers),
            "PORT": str(port),
            VARIABLE: PUBLISHED_TEST_KEYSETS,
            "PAYMENT_REQUEST_KEYSET_HASH_HMAC_SECRET": "a secret of the bench alone",
            **variables,
        }
        with tempfile.TemporaryFile() as output:
            process = subprocess.Popen(
                [sys.executable, "-m", program], cwd=migrations.ROOT, env=env, stdout=output, stderr=output
            )
            try:
                _wait_for(f"http://127.0.0.1:{port}/readyz", process)
                yield Server(url=f"http://127.0.0.1:{port}", pid=process.pid)
            except BaseException:
                _show_end(output)
                raise
            finally:
                _end(process)


def _api_key(dsn: str) -> str:
    made = subprocess.run(
        [sys.executable, "-m", "service.cli", "merchant", "create", "bench", "--json"],
        cwd=migrations.ROOT,
        env={**os.environ, "DATABASE_URL": dsn},
        check=False,
        capture_output=True,
        text=True,
    )
    if made.returncode:
        raise RuntimeError(f"no merchant could be made: {made.stderr.strip()}")
    return str(json.loads(made.stdout)["api_key"])


def _show_end(output: IO[bytes]) -> None:
    """What the server said last, for whoever looks into a failure."""
    output.seek(0)
    for line in output.read().decode(errors="replace").splitlines()[-5:]:
        print(
            f"server: {line[:300]} … {line[-200:]}" if len(line) > 500 else f"server: {line}", file=sys.stderr
        )


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urlopen(url, timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start")
