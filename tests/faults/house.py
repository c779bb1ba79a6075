"""
Where faults happen: a database server whose commits are on disk, and server processes on it.

    House   all of it, used by one fault after the other as long as it stays sound
    Stage   what a fault may lay hands on, and what must hold when it is over
"""

from __future__ import annotations

import os
import random
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg

from service.embedded import PORT, Cluster
from tests.database import TEMPLATE, deployed, rename
from tests.faults.crowd import Crowd
from tests.support import (
    DEADLINE_S,
    Merchant,
    Server,
    assert_whole,
    command_here,
    create_merchant,
    environment,
    rows,
    starting,
    wait_until,
)

DATABASE = "faults"

SETTINGS: Mapping[str, str] = {
    "max_connections": "60",
    "autovacuum": "on",
    # One crash must not be the end: only a cluster manager that starts it again may switch this off.
    "restart_after_crash": "on",
    "log_lock_waits": "off",
    # What nobody waits for stays in memory, so that a commit which did not wait is surely lost in a crash.
    "wal_writer_delay": "10s",
    "wal_writer_flush_after": "1GB",
}


@dataclass
class House:
    """One database server, its server processes, a merchant."""

    cluster: Cluster
    folder: Path
    stack: ExitStack
    variables: Mapping[str, str] = field(default_factory=dict)
    servers: list[Server] = field(default_factory=list)
    merchant: Merchant = field(init=False)
    is_sound: bool = True

    @classmethod
    @contextmanager
    def open(
        cls,
        *,
        processes: int = 2,
        bin_dir: Path | None = None,
        settings: Mapping[str, str] | None = None,
        before: Callable[[Cluster], None] | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> Iterator[House]:
        """A house whose servers are up; `before` may lay hands on the database server."""
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pgtill-faults-")))
            cluster = stack.enter_context(
                Cluster.temporary(bin_dir, {**SETTINGS, **(settings or {})}, data_dir=deployed())
            )
            if before:
                before(cluster)
            house = cls(cluster, folder, stack, variables or {})
            house.point_to_cluster()
            rename(cluster, TEMPLATE, to=DATABASE)
            house.merchant = create_merchant(house.dsn())
            for _ in range(processes):
                house.start_server()
            yield house

    def dsn(self, user: str = "postgres") -> str:
        """A libpq URI that stays the same when the database server starts again elsewhere."""
        return f"postgresql://{user}@/{DATABASE}?host={quote(str(self._socket), safe='')}&port={PORT}"

    def start_cluster(self) -> None:
        """Start the database server again, where servers expect it."""
        self.cluster.start()
        self.point_to_cluster()

    def point_to_cluster(self) -> None:
        assert self.cluster.socket_dir
        fresh = self._socket.with_suffix(".new")
        fresh.symlink_to(self.cluster.socket_dir)
        fresh.replace(self._socket)

    def start_server(self) -> Server:
        """One more server process."""
        server = self.stack.enter_context(starting(self.dsn("pgtill_service"), **self.variables))
        self.servers.append(server.wait_until_up())
        return server

    @property
    def _socket(self) -> Path:
        return self.folder / "socket"


@dataclass
class Stage:
    """A house with a crowd at work in it."""

    house: House
    crowd: Crowd
    chance: random.Random
    before: dict[int, Footprint] = field(default_factory=dict)

    @property
    def cluster(self) -> Cluster:
        return self.house.cluster

    @property
    def servers(self) -> list[Server]:
        return self.house.servers

    @property
    def dsn(self) -> str:
        """The superuser's."""
        return self.house.dsn()

    def was_felt(self, how: str) -> bool:
        """Whether the crowd heard such an answer, or lost connections."""
        if how == "lost":
            return self.crowd.lost > 0
        return any(reply.startswith(how) for reply in self.crowd.replies)

    def pause(self, most: float) -> None:
        """So long at most; how long is up to the seed."""
        time.sleep(self.chance.random() * most)

    def restart_cluster_after(self, seconds: float) -> None:
        """What a supervisor does with a database server that has gone."""
        time.sleep(seconds)
        self.house.start_cluster()

    def replace_server(self, number: int, end: int = signal.SIGKILL) -> None:
        """End a server process; another takes its place, on another port."""
        self.servers[number].stop(end)
        del self.servers[number]
        self.house.start_server()
        self.crowd.ports[:] = [server.port for server in self.servers]

    def database_processes(self) -> list[int]:
        """The postmaster first, then its children."""
        postmaster = self.cluster.pid
        assert postmaster
        return [postmaster, *(pid for pid in _pids() if _parent(pid) == postmaster)]

    def backends(self) -> list[int]:
        """Of the service's sessions."""
        return [pid for (pid,) in rows(self.dsn, f"SELECT pid FROM pg_stat_activity WHERE {SERVICE}")]


SERVICE = "application_name = 'pgtill' AND usename = 'pgtill_service'"


@contextmanager
def stage(house: House, seed: int) -> Iterator[Stage]:
    """
    A crowd at work; when the block has ended, everything that must hold does.

    Every promise is in the database, byte for byte. Each key without an answer, asked again, gives
    one payment request. No hole, no duplicate. Connections, locks, memory are back where they were.
    """
    house.is_sound = False
    name = f"crowd {time.monotonic_ns()}"
    log = house.folder / f"{name}.jsonl"
    crowd = Crowd(house.merchant, [server.port for server in house.servers], name, seed, log)
    acting = Stage(house, crowd, random.Random(seed))
    counted = _count(house)
    with crowd.ordering():
        crowd.wait_for_answers(100)
        acting.before = {server.process.pid: Footprint.of(server) for server in house.servers}
        yield acting
        crowd.wait_for_answers(100)  # whatever it was, it is over
    assert crowd.surprises == [], _failures(house)
    crowd.settle()
    assert crowd.surprises == [], _failures(house)
    assert _count(house) - counted == len(crowd.answered), "one payment request a key"
    _assert_verified(house, log)
    _assert_back_to_normal(acting)
    house.is_sound = True
    print(f"{len(crowd.answered)} keys, {dict(crowd.replies)}, {crowd.lost} lost, {crowd.longest_s:.1f} s")


def _failures(house: House) -> str:
    """What the servers had to say about it."""
    lines = [line for server in house.servers for line in server.lines() if line["level"] != "info"]
    return "\n".join(str(line) for line in lines[-30:])


def _count(house: House) -> int:
    return int(rows(house.dsn(), "SELECT count(*) FROM app.payment_requests")[0][0])


def _assert_verified(house: House, log: Path) -> None:
    assert log.stat().st_size > 0
    done = command_here("verify", "--json", "--acknowledged", str(log), env=environment(house.dsn()))
    assert done.status == 0, done.out + done.err
    assert_whole(house.dsn())


def _assert_back_to_normal(acting: Stage) -> None:
    sessions = f"SELECT count(*) FROM pg_stat_activity WHERE {SERVICE} AND state <> 'idle'"
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    dsn = acting.dsn
    wait_until(lambda: rows(dsn, sessions) == [(0,)] and rows(dsn, waiting) == [(0,)])
    # A pool of eight and a listener.
    assert len(acting.backends()) <= 9 * len(acting.servers)
    for server in acting.servers:
        assert server.process.poll() is None, server.text
        assert "Traceback" not in server.text
        before = acting.before.get(server.process.pid)
        if before:
            wait_until(lambda: Footprint.of(server).descriptors <= before.descriptors + 8)  # noqa: B023
            after = Footprint.of(server)
            assert after.memory_kb < before.memory_kb * 1.5 + 32_000, (before, after)


@dataclass(frozen=True)
class Footprint:
    """What a process holds."""

    memory_kb: int
    descriptors: int

    @classmethod
    def of(cls, server: Server) -> Footprint:
        home = Path(f"/proc/{server.process.pid}")
        line = next(line for line in (home / "status").read_text().splitlines() if line.startswith("VmRSS"))
        return cls(int(line.split()[1]), len(list((home / "fd").iterdir())))


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]


def _parent(pid: int) -> int | None:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return None


def send(signal_number: int, pids: list[int]) -> None:
    """To all of them that are still there."""
    for pid in pids:
        try:
            os.kill(pid, signal_number)
        except ProcessLookupError:
            continue


def wait_for_answer_of(dsn: str) -> None:
    """Until the database server takes connections again."""

    def answers() -> bool:
        try:
            return rows(dsn, "SELECT 1") == [(1,)]
        except psycopg.OperationalError:
            return False

    wait_until(answers, seconds=2 * DEADLINE_S)
