"""
Three PostgreSQL servers kept by Patroni, three etcd, and HAProxy before them, on loopback.

Every process runs as the account that runs PostgreSQL, below one temporary folder, on ports that
were free; what is there when the block ends is killed by its id. `configuration()` and
`proxy_configuration()` are what docs/operations.md shows.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from pwd import struct_passwd
from typing import Any, Final

from service.embedded import environment, run_as, runnable
from tests.database import ROOT
from tests.support import wait_until

NODES: Final = (0, 1, 2)
SCOPE: Final = "pgtill"
DBNAME: Final = "pgtill"
PATRONI: Final = ROOT / ".tools" / "patroni" / "bin" / "patroni"
START_SECONDS: Final = 90.0


@dataclass
class Constellation:
    """All of it; nodes and etcds by number."""

    home: Path
    bin_dir: Path
    account: struct_passwd | None
    password: str = field(repr=False)
    etcd_ports: list[int]
    peer_ports: list[int]
    rest_ports: list[int]
    postgres_ports: list[int]
    proxy_port: int
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def dsn(self, user: str = "postgres", *, node: int | None = None) -> str:
        """Through HAProxy, or past it to one node."""
        port = self.proxy_port if node is None else self.postgres_ports[node]
        return f"postgresql://{user}:{self.password}@127.0.0.1:{port}/{DBNAME}?connect_timeout=2"

    # Who is who

    def members(self) -> dict[int, dict[str, Any]]:
        """What Patroni says of each node, asked of whichever answers."""
        for node in NODES:
            with suppress(OSError, ValueError):
                url = f"http://127.0.0.1:{self.rest_ports[node]}/cluster"
                with urllib.request.urlopen(url, timeout=1) as answer:
                    found = json.load(answer)["members"]
                return {int(member["name"].removeprefix("n")): member for member in found}
        return {}

    def leader(self) -> int | None:
        return next((node for node, member in self.members().items() if member["role"] == "leader"), None)

    def synchronous_standby(self) -> int | None:
        roles = ("sync_standby", "quorum_standby")
        return next((node for node, member in self.members().items() if member["role"] in roles), None)

    def is_whole(self) -> bool:
        """One leader, a synchronous standby and another, all on one timeline."""
        members = self.members()
        roles = sorted(member["role"] for member in members.values())
        states = {member["state"] for member in members.values()}
        timelines = {member.get("timeline") for member in members.values()}
        return (
            roles == ["leader", "replica", "sync_standby"]
            and states <= {"running", "streaming"}
            and len(timelines) == 1
        )

    def postmaster(self, node: int) -> int:
        return int((self.home / f"d{node}" / "postmaster.pid").read_text().split()[0])

    # What happens to them

    def kill(self, name: str) -> None:
        self.processes[name].kill()
        self.processes[name].wait()

    def send(self, name: str, number: signal.Signals) -> None:
        self.processes[name].send_signal(number)

    def start_etcd(self, node: int) -> None:
        peers = ",".join(f"e{i}=http://127.0.0.1:{port}" for i, port in enumerate(self.peer_ports))
        client, peer = (
            f"http://127.0.0.1:{self.etcd_ports[node]}",
            f"http://127.0.0.1:{self.peer_ports[node]}",
        )
        options = {
            "--name": f"e{node}",
            "--data-dir": f"{self.home}/etcd{node}",
            "--listen-client-urls": client,
            "--advertise-client-urls": client,
            "--listen-peer-urls": peer,
            "--initial-advertise-peer-urls": peer,
            "--initial-cluster": peers,
            "--heartbeat-interval": "100",
            "--election-timeout": "1000",
        }
        self._start(f"etcd{node}", ["etcd", *chain.from_iterable(options.items())])

    def start_patroni(self, node: int) -> None:
        self._start(f"patroni{node}", [str(PATRONI), str(self.home / f"n{node}.json")])

    def start_proxy(self) -> None:
        # -db: in the foreground.
        self._start("haproxy", ["haproxy", "-db", "-f", str(self.home / "haproxy.cfg")])

    def stop(self) -> None:
        """Kill everything that was started, and the servers that Patroni started."""
        for process in self.processes.values():
            process.kill()
            process.wait()
        for node in NODES:
            with suppress(OSError, ValueError, IndexError):
                os.kill(self.postmaster(node), signal.SIGQUIT)

    # Inside

    def _start(self, name: str, words: list[str]) -> None:
        env = environment(self.bin_dir) | {
            "HOME": str(self.home),
            "ETCD_UNSUPPORTED_ARCH": os.uname().machine,
        }
        env["PATH"] += os.pathsep + "/usr/sbin"
        # What we were killed before we could stop ends itself.
        before = [setpriv, "--pdeathsig", "TERM", "--"] if (setpriv := shutil.which("setpriv")) else []
        with (self.home / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [*before, *words],
                cwd="/",
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **run_as(self.account),
            )

    def configuration(self, node: int) -> dict[str, Any]:
        """Patroni's of one node."""
        secret = {"password": self.password}
        return {
            "scope": SCOPE,
            "name": f"n{node}",
            "restapi": {
                "listen": f"127.0.0.1:{self.rest_ports[node]}",
                "connect_address": f"127.0.0.1:{self.rest_ports[node]}",
            },
            "etcd3": {"hosts": [f"127.0.0.1:{port}" for port in self.etcd_ports]},
            "bootstrap": {
                "dcs": {
                    "ttl": 20,
                    "loop_wait": 1,
                    "retry_timeout": 4,
                    "primary_start_timeout": 0,
                    "maximum_lag_on_failover": 1_048_576,
                    "synchronous_mode": True,
                    "synchronous_mode_strict": True,
                    "synchronous_node_count": 1,
                    "failsafe_mode": False,
                    "postgresql": {
                        "use_pg_rewind": True,
                        "use_slots": True,
                        "parameters": {
                            "wal_level": "replica",
                            "hot_standby": "on",
                            "max_connections": 100,
                            "synchronous_commit": "remote_apply",
                            "restart_after_crash": "off",
                            "wal_log_hints": "on",
                            "wal_keep_size": "256MB",
                            "wal_receiver_timeout": "5s",
                            "wal_sender_timeout": "5s",
                        },
                    },
                },
                "initdb": [{"encoding": "UTF8"}, {"locale": "C"}, "data-checksums"],
            },
            "postgresql": {
                "listen": f"127.0.0.1:{self.postgres_ports[node]}",
                "connect_address": f"127.0.0.1:{self.postgres_ports[node]}",
                "data_dir": f"{self.home}/d{node}",
                "bin_dir": str(self.bin_dir),
                "use_unix_socket": True,
                "remove_data_directory_on_diverged_timelines": True,
                "remove_data_directory_on_rewind_failure": True,
                "basebackup": [{"checkpoint": "fast"}],
                "authentication": {
                    "superuser": {"username": "postgres", **secret},
                    "replication": {"username": "replicator", **secret},
                    "rewind": {"username": "rewinder", **secret},
                },
                "pg_hba": [
                    "local all all trust",
                    "host all all 127.0.0.1/32 scram-sha-256",
                    "host replication all 127.0.0.1/32 scram-sha-256",
                ],
                "parameters": {"unix_socket_directories": str(self.home), "jit": "off"},
            },
            "watchdog": {"mode": "off"},
        }

    def proxy_configuration(self) -> str:
        """HAProxy's: to whichever node Patroni says holds the leader's key, and to no other a second longer."""
        servers = "\n".join(
            f"    server n{node} 127.0.0.1:{self.postgres_ports[node]} check port {self.rest_ports[node]}"
            for node in NODES
        )
        return f"""\
global
    maxconn 500
defaults
    mode tcp
    timeout client 30m
    timeout server 30m
    timeout connect 2s
    timeout check 1s
listen primary
    bind 127.0.0.1:{self.proxy_port}
    option httpchk OPTIONS /primary
    http-check expect status 200
    default-server inter 250ms fall 1 rise 1 on-marked-down shutdown-sessions
{servers}
"""


@contextmanager
def constellation(bin_dir: Path, *, logs: Path | None = None) -> Iterator[Constellation]:
    """Started, whole, with an empty database; gone with its data when the block ends."""
    bin_dir, account = runnable(bin_dir)
    ports = _free_ports(13)
    with tempfile.TemporaryDirectory(prefix="pgtill-ha-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        if account:
            os.chown(home, account.pw_uid, account.pw_gid)
        made = Constellation(
            home=home,
            bin_dir=bin_dir,
            account=account,
            password=secrets.token_hex(16),
            etcd_ports=ports[0:3],
            peer_ports=ports[3:6],
            rest_ports=ports[6:9],
            postgres_ports=ports[9:12],
            proxy_port=ports[12],
        )
        for node in NODES:
            _write(home / f"n{node}.json", json.dumps(made.configuration(node)), account)
        _write(home / "haproxy.cfg", made.proxy_configuration(), account)
        try:
            for node in NODES:
                made.start_etcd(node)
            for node in NODES:
                made.start_patroni(node)
            made.start_proxy()
            wait_until(made.is_whole, seconds=START_SECONDS)
            yield made
        finally:
            made.stop()
            if logs:
                logs.mkdir(parents=True, exist_ok=True)
                for log in home.glob("*.log"):
                    shutil.copyfile(log, logs / log.name)


def _write(path: Path, text: str, account: struct_passwd | None) -> None:
    path.write_text(text)
    path.chmod(0o600)
    if account:
        os.chown(path, account.pw_uid, account.pw_gid)


def _free_ports(count: int) -> list[int]:
    """Ports that nobody has, all different."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
