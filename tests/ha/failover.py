"""
Failovers under load: `make test-ha`.

    python -m tests.ha.failover [--failovers 20] [--acknowledged 250000] [--clients 32] [--pg 18]
                                [--report docs/benchmarks/failover.json] [--page docs/operations.md]
                                [--logs /tmp/logs]

Three Patroni nodes in strict synchronous mode, three etcd and HAProxy (tests/ha/patroni.py); one pgtill
process behind them; clients that ask for each order with one key until it is answered. Faults follow
one another, each after the last has healed, until there were so many changes of leader and so many
answers. Then every answer is held against the database, by the clients' own log and by
`pgtill verify --acknowledged`. Exit status 1 when anything was lost, given twice, or took too long.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any, Final

import psycopg

from service import migrations
from tests.database import servers
from tests.ha.load import Load, load
from tests.ha.patroni import DBNAME, NODES, Constellation, constellation
from tests.support import command, create_merchant, environment, execute, rows, serving, wait_until

LONGEST_STALL: Final = 20.0
"""Seconds without any answer. Where the leader cannot say that it is gone, they begin when its key expires."""

KEY_SECONDS: Final = {"lose_leader": 20.0, "stop_patroni": 20.0}
"""How long the key of such a leader lives: Patroni's ttl, which cannot be less."""

GONE_SECONDS: Final = 25.0
"""How long a host is gone: longer than its key lives."""

QUORUM_SECONDS: Final = 15.0
"""How long etcd is without quorum: longer than a leader leads on without having its key confirmed."""

HEALED_SECONDS: Final = 180.0


@dataclass
class Fault:
    """One fault, and what it cost."""

    kind: str
    at: float
    leader_before: int | None
    leader_after: int | None = None
    seconds_until_answers: float = 0.0
    longest_stall: float = 0.0
    seconds_until_whole: float = 0.0
    notes: list[str] = field(default_factory=list)

    @property
    def is_failover(self) -> bool:
        return self.leader_before != self.leader_after


class Drill:
    """Injects faults one by one into a constellation under load."""

    def __init__(self, nodes: Constellation, shoppers: Load) -> None:
        self.nodes = nodes
        self.shoppers = shoppers
        self.faults: list[Fault] = []
        self.zombie_writes: dict[str, bool] = {}
        """What was asked of an old leader, and whether it said yes."""
        self.began = time.monotonic()
        self._kinds = cycle(
            [
                self.kill_leader,
                self.kill_leader,
                self.kill_standby,
                self.lose_leader,
                self.kill_leader,
                self.stop_patroni,
                self.kill_leader,
                self.lose_quorum,
            ]
        )

    @property
    def failovers(self) -> int:
        return sum(fault.is_failover for fault in self.faults)

    def next(self) -> Fault:
        """The next fault, from its injection until all is whole again."""
        kind = next(self._kinds)
        fault = Fault(kind.__name__, round(time.monotonic() - self.began, 1), self.nodes.leader())
        self.faults.append(fault)
        started, stalls = time.monotonic(), len(self.shoppers.stalls)
        kind(fault)
        self.shoppers.wait_for(100, seconds=HEALED_SECONDS)
        fault.seconds_until_answers = round(time.monotonic() - started, 1)
        wait_until(self.nodes.is_whole, seconds=HEALED_SECONDS)
        fault.seconds_until_whole = round(time.monotonic() - started, 1)
        self.shoppers.wait_for(500, seconds=HEALED_SECONDS)
        fault.leader_after = self.nodes.leader()
        fault.longest_stall = round(max((long for _, long in self.shoppers.stalls[stalls:]), default=0), 1)
        return fault

    # The faults

    def kill_leader(self, fault: Fault) -> None:
        """kill -9 of the leader's postmaster."""
        assert fault.leader_before is not None
        os.kill(self.nodes.postmaster(fault.leader_before), signal.SIGKILL)

    def lose_leader(self, fault: Fault) -> None:
        """kill -9 of the leader's postmaster and its Patroni; the host is back after a while."""
        leader = fault.leader_before
        assert leader is not None
        postmaster = self.nodes.postmaster(leader)
        self.nodes.kill(f"patroni{leader}")
        os.kill(postmaster, signal.SIGKILL)
        time.sleep(GONE_SECONDS)
        self.nodes.start_patroni(leader)

    def kill_standby(self, fault: Fault) -> None:
        """kill -9 of the synchronous standby's postmaster."""
        standby = self.nodes.synchronous_standby()
        assert standby is not None
        os.kill(self.nodes.postmaster(standby), signal.SIGKILL)

    def stop_patroni(self, fault: Fault) -> None:
        """SIGSTOP of the leader's Patroni: its server does not hear that it leads no more."""
        leader = fault.leader_before
        assert leader is not None
        self.nodes.send(f"patroni{leader}", signal.SIGSTOP)
        try:
            wait_until(lambda: self._leads_another_than(leader), seconds=HEALED_SECONDS)
            fault.notes.append(self._write_on(leader))
        finally:
            self.nodes.send(f"patroni{leader}", signal.SIGCONT)

    def lose_quorum(self, fault: Fault) -> None:
        """SIGSTOP of two etcds: nobody may lead."""
        for node in NODES[1:]:
            self.nodes.send(f"etcd{node}", signal.SIGSTOP)
        try:
            time.sleep(QUORUM_SECONDS)
            fault.notes.append(f"{self._primaries()} nodes took writes without quorum")
        finally:
            for node in NODES[1:]:
                self.nodes.send(f"etcd{node}", signal.SIGCONT)

    def _leads_another_than(self, node: int) -> bool:
        """Whether there is another leader that takes writes; until it does, it follows the old one."""
        leader = self.nodes.leader()
        with suppress(psycopg.Error):
            return leader not in (None, node) and not _follows(self.nodes.dsn(node=leader))
        return False

    def _write_on(self, zombie: int) -> str:
        """A client that reaches the old leader past HAProxy, after there is another."""
        name = f"zombie {len(self.zombie_writes)}"
        self.zombie_writes[name] = False
        try:
            conn = psycopg.connect(self.nodes.dsn(node=zombie), autocommit=True)
        except psycopg.Error as exc:
            return f"the zombie refused a connection: {type(exc).__name__}"
        aside = ThreadPoolExecutor(1)
        write = aside.submit(conn.execute, "SELECT identity.create_organization(%s)", (name,))
        try:
            write.result(4)
        except NotYet:
            return "a write on the zombie waits for ever"
        except psycopg.Error as exc:
            return f"the zombie refused a write: {exc.sqlstate}"
        finally:
            aside.shutdown(wait=False)
        self.zombie_writes[name] = True
        return "the zombie acknowledged a write"

    def _primaries(self) -> int:
        count = 0
        for node in NODES:
            with suppress(psycopg.Error):
                count += not _follows(self.nodes.dsn(node=node))
        return count


def prepare(nodes: Constellation) -> None:
    """Database, schema, and a login for the service."""
    admin = nodes.dsn().replace(f"/{DBNAME}?", "/postgres?")
    wait_until(lambda: _answers(admin))
    execute(admin, f"CREATE DATABASE {DBNAME}")
    migrations.deploy(nodes.dsn(), quiet=True)
    execute(nodes.dsn(), f"ALTER ROLE pgtill_service PASSWORD '{nodes.password}'")


def _follows(dsn: str) -> bool:
    return rows(dsn, "SELECT pg_is_in_recovery()") == [(True,)]


def _answers(dsn: str) -> bool:
    try:
        return rows(dsn, "SELECT 1") == [(1,)]
    except psycopg.Error:
        return False


def verify(nodes: Constellation, shoppers: Load) -> Any:
    """What `pgtill verify` says with the clients' log."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as log:
        for key, body in shoppers.acknowledged.items():
            line = {"organization_id": shoppers.merchant.public_id, "key": key, "status": 200}
            log.write(json.dumps(line | {"body": body.decode()}) + "\n")
        log.flush()
        done = command(
            "verify", "--json", "--acknowledged", log.name, env=environment(nodes.dsn()), timeout=600
        )
    return json.loads(done.stdout)


def drill(
    bin_dir: Path, *, failovers: int, acknowledged: int, clients: int, logs: Path | None
) -> dict[str, Any]:
    """Run it all; what is to be reported."""
    with constellation(bin_dir, logs=logs) as nodes:
        prepare(nodes)
        merchant = create_merchant(nodes.dsn())
        with (
            serving(nodes.dsn("pgtill_service")) as server,
            load([server.port], merchant, clients=clients) as shoppers,
        ):
            shoppers.wait_for(500)
            made = Drill(nodes, shoppers)
            try:
                while made.failovers < failovers:
                    tell(made.next(), shoppers)
                while len(shoppers.acknowledged) < acknowledged:
                    shoppers.wait_for(1, seconds=HEALED_SECONDS)
                    time.sleep(1)
            except KeyboardInterrupt:
                print("interrupted: what follows is of what was done until now", flush=True)
            seconds = time.monotonic() - made.began
            shoppers.end()
            is_up = server.process.poll() is None
        return report(nodes, shoppers, made, seconds) | {"service_outlived_it": is_up}


def report(nodes: Constellation, shoppers: Load, made: Drill, seconds: float) -> dict[str, Any]:
    """The figures, and whether each promise was kept."""
    dsn = nodes.dsn()
    wait_until(lambda: _answers(dsn), seconds=HEALED_SECONDS)
    kept = {name for (name,) in rows(dsn, "SELECT name FROM identity.organizations")}
    query = "SELECT count(*) FROM app.idempotency_records WHERE organization_id = %s"
    stored = rows(dsn, query, shoppers.merchant.organization_id)[0][0]
    return {
        "machine": {"cores": os.cpu_count(), "kernel": platform.release(), "postgresql": _version(dsn)},
        "seconds": round(seconds),
        "acknowledged": len(shoppers.acknowledged),
        "failovers": made.failovers,
        "lost": len(shoppers.lost_keys(dsn)),
        "answered_differently": len(shoppers.different),
        "addresses_given_twice": shoppers.addresses_given_twice(),
        "stored_and_never_acknowledged": stored - len(shoppers.acknowledged),
        "zombie_writes": len(made.zombie_writes),
        "zombie_writes_acknowledged": sum(made.zombie_writes.values()),
        "zombie_writes_acknowledged_and_lost": sum(
            said_yes and name not in kept for name, said_yes in made.zombie_writes.items()
        ),
        "longest_stall_seconds": round(max((long for _, long in shoppers.stalls), default=0), 1),
        "longest_wait_of_one_order_seconds": round(shoppers.longest_wait, 1),
        "replies": dict(shoppers.replies.most_common()),
        "faults": [asdict(fault) | {"is_failover": fault.is_failover} for fault in made.faults],
        "verify": verify(nodes, shoppers),
    }


def _version(dsn: str) -> str:
    return str(rows(dsn, "SHOW server_version")[0][0])


def tell(fault: Fault, shoppers: Load) -> None:
    """One line a fault, as it goes."""
    print(
        f"{time.strftime('%H:%M:%S', time.gmtime())}  {fault.at:7.1f} s  {fault.kind:<12}  n{fault.leader_before} -> n{fault.leader_after}  "
        f"stall {fault.longest_stall:4.1f} s  whole {fault.seconds_until_whole:5.1f} s  "
        f"acknowledged {len(shoppers.acknowledged):,}  {'; '.join(fault.notes)}",
        flush=True,
    )


def breaches(found: dict[str, Any], *, failovers: int, acknowledged: int) -> list[str]:
    """What was promised and not kept."""
    said = []
    for name in (
        "lost",
        "answered_differently",
        "addresses_given_twice",
        "stored_and_never_acknowledged",
        "zombie_writes_acknowledged_and_lost",
    ):
        if found[name]:
            said.append(f"{name}: {found[name]}")
    if not found["verify"]["good"]:
        said.append("pgtill verify found breaches")
    for fault in found["faults"]:
        allowed = LONGEST_STALL + KEY_SECONDS.get(fault["kind"], 0)
        if fault["longest_stall"] > allowed:
            said.append(f"{fault['kind']}: a stall of {fault['longest_stall']} s, more than {allowed:.0f}")
    if found["failovers"] < failovers or found["acknowledged"] < acknowledged:
        said.append("ended before there were enough failovers or answers")
    if not found["service_outlived_it"]:
        said.append("the service ended")
    return said


KINDS: Final[dict[str, Callable[[Drill, Fault], None]]] = {
    kind.__name__: kind
    for kind in (
        Drill.kill_leader,
        Drill.lose_leader,
        Drill.kill_standby,
        Drill.stop_patroni,
        Drill.lose_quorum,
    )
}


def table(found: dict[str, Any]) -> str:
    """The stalls by kind of fault, as Markdown."""
    lines = [
        "| fault | times | longest stall | median stall | whole again after |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, kind in KINDS.items():
        faults = [fault for fault in found["faults"] if fault["kind"] == name]
        if not faults:
            continue
        stalls = sorted(fault["longest_stall"] for fault in faults)
        whole = max(fault["seconds_until_whole"] for fault in faults)
        what = (kind.__doc__ or "").rstrip(".")
        lines.append(
            f"| {what} | {len(faults)} | {stalls[-1]:.1f} s | {stalls[len(stalls) // 2]:.1f} s | {whole:.1f} s |"
        )
    machine = found["machine"]
    said = (
        f"{found['acknowledged']:,} acknowledged requests and {found['failovers']} changes of leader in "
        f"{found['seconds'] // 60} minutes: {found['lost']} lost, {found['addresses_given_twice']} addresses "
        f"given twice, {found['answered_differently']} keys answered differently. Longest stall "
        f"{found['longest_stall_seconds']} s. PostgreSQL {machine['postgresql']}, {machine['cores']} cores "
        "for everything."
    )
    lines += ["", said]
    return "\n".join(lines)


def write_page(page: Path, text: str) -> None:
    """Put the table between its marks."""
    before, _, rest = page.read_text().partition("<!-- failover -->\n")
    _, _, after = rest.partition("<!-- /failover -->")
    assert after, f"{page} has no place for the table"
    page.write_text(f"{before}<!-- failover -->\n{text}\n<!-- /failover -->{after}")


def main() -> None:
    """Run the drill; exit 1 when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--failovers", type=int, default=20)
    parser.add_argument("--acknowledged", type=int, default=250_000)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--pg", default="18")
    parser.add_argument("--report", type=Path, help="write the figures here as JSON")
    parser.add_argument(
        "--logs", type=Path, help="leave the logs of Patroni, etcd and HAProxy in this folder"
    )
    parser.add_argument("--page", type=Path, help="write the table into this page, between its marks")
    given = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):  # also in the background: report what was done
        signal.signal(number, signal.default_int_handler)
    found = drill(
        servers()[given.pg],
        failovers=given.failovers,
        acknowledged=given.acknowledged,
        clients=given.clients,
        logs=given.logs,
    )
    said = breaches(found, failovers=given.failovers, acknowledged=given.acknowledged)
    print(table(found))
    if given.report:
        given.report.parent.mkdir(parents=True, exist_ok=True)
        given.report.write_text(json.dumps(found | {"breaches": said}, indent=2) + "\n")
    if given.page:
        write_page(given.page, table(found))
    for line in said:
        print(f"BROKEN: {line}")
    sys.exit(1 if said else 0)


if __name__ == "__main__":
    main()
