"""
Two servers of our own, a and b: one writes, the other follows it, either may become the other.

Each is reached through a directory that keeps its name, `home/a` and `home/b`, wherever its socket
is at the moment: what a host name and a port are elsewhere.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from service.embedded import PORT, Cluster, embedded_bin_dir, environment, run_as, runnable
from tests.database import TEMPLATE, deployed, rename
from tests.support import execute, rows, wait_until

DBNAME: Final = "pgtill"

SETTINGS: Final[Mapping[str, str]] = {
    "synchronous_commit": "remote_apply",
    "wal_receiver_timeout": "5s",
    "wal_sender_timeout": "5s",
    "wal_retrieve_retry_interval": "100ms",
    "restart_after_crash": "off",
}
"""What the servers run with, beside who follows whom."""


@dataclass
class Pair:
    """The two servers by name, and who writes."""

    home: Path
    nodes: Mapping[str, Cluster]
    primary: str = "a"

    @property
    def standby(self) -> str:
        return "b" if self.primary == "a" else "a"

    def dsn(self, user: str = "postgres", *, first: str = "a", **options: str) -> str:
        """Both servers; whichever takes writes is the one."""
        names = [first, "b" if first == "a" else "a"]
        hosts = ",".join(str(self.home / name) for name in names)
        return _uri(user, hosts, f"{PORT},{PORT}", target_session_attrs="read-write", **options)

    def dsn_of(self, name: str, user: str = "postgres") -> str:
        """That one server, whatever it is."""
        return _uri(user, str(self.home / name), str(PORT))

    # What happens to them

    def follow(self) -> None:
        """The other server joins and follows; returns when it streams."""
        name = self.standby
        (self.nodes[name].data_dir / "standby.signal").touch()
        self.start(name)
        wait_until(lambda: self._is_streaming(name))

    def start(self, name: str) -> None:
        self.nodes[name].start()
        self._point_to(name)

    def crash(self, name: str) -> None:
        """As power lost."""
        self.nodes[name].kill()

    def promote(self) -> None:
        """The standby is the primary from here on; the old one must be down, or is what a fence is for."""
        execute(self.dsn_of(self.standby), "SELECT pg_promote()")
        self.primary = self.standby

    def rejoin(self) -> None:
        """The crashed server gives up what only it has, and follows."""
        cluster = self.nodes[self.standby]
        # Rewinding needs a clean end: let it recover, alone, and stop.
        _run(cluster, "pg_rewind", "--target-pgdata", cluster.data_dir, "--source-server", self._source())
        # It can be read once it has the other's log up to here. What of that is still in memory is
        # written now; nobody commits, so it would be within fifteen seconds.
        execute(self.dsn_of(self.primary), "SELECT pg_log_standby_snapshot()")
        self.follow()

    def require_standby(self, *names: str) -> None:
        """From now on a commit is confirmed when one of these has applied it; without names, at once."""
        given = f"'ANY 1 ({', '.join(names)})'" if names else "''"
        dsn = self.dsn_of(self.primary)
        execute(dsn, f"ALTER SYSTEM SET synchronous_standby_names = {given}", "SELECT pg_reload_conf()")
        if names:
            sync = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'quorum'"
            wait_until(lambda: rows(dsn, sync) == [(1,)])

    def wait_until_caught_up(self) -> None:
        end = rows(self.dsn_of(self.primary), "SELECT pg_current_wal_flush_lsn()::text")[0][0]
        query = "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn"
        wait_until(lambda: rows(self.dsn_of(self.standby), query, end) == [(True,)])

    # Inside

    def copy(self) -> None:
        """Make the other server's data from the primary's."""
        cluster = self.nodes[self.standby]
        shutil.rmtree(cluster.data_dir, ignore_errors=True)
        cluster.data_dir.mkdir(mode=0o700)
        if cluster.account:
            shutil.chown(cluster.data_dir, cluster.account.pw_uid, cluster.account.pw_gid)
        _run(
            cluster, "pg_basebackup", "--pgdata", cluster.data_dir, "--checkpoint=fast", "-d", self._source()
        )

    def _source(self) -> str:
        return f"host={self.home / self.primary} port={PORT} user=postgres dbname=postgres"

    def _is_streaming(self, name: str) -> bool:
        query = "SELECT count(*) FROM pg_stat_replication WHERE application_name = %s AND state = 'streaming'"
        return rows(self.dsn_of(self.primary), query, name) == [(1,)]

    def _point_to(self, name: str) -> None:
        link, target = self.home / name, self.nodes[name].socket_dir
        assert target is not None
        link.unlink(missing_ok=True)
        link.symlink_to(target)


@contextmanager
def pair(*, synchronous: bool = True) -> Iterator[Pair]:
    """A primary with the schema and a standby that has followed it so far."""
    with tempfile.TemporaryDirectory(prefix="pgtill-pair-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        home.chmod(0o711)  # for the servers' account to pass
        two = Pair(home, {"a": _node(home, "a", "b"), "b": _node(home, "b", "a")})
        first = two.nodes["a"]
        subprocess.run(["cp", "-a", deployed(), first.data_dir], check=True)
        try:
            two.start("a")
            rename(first, TEMPLATE, to=DBNAME)
            # In the file, not on the command line: pg_rewind starts the server by itself.
            execute(first.dsn(), "ALTER SYSTEM SET wal_keep_size = '256MB'", "SELECT pg_reload_conf()")
            two.copy()
            two.follow()
            if synchronous:
                two.require_standby("a", "b")
                # The standby must be as strict on the day it is the primary.
                execute(
                    two.dsn_of("b"),
                    "ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (a, b)'",
                    "SELECT pg_reload_conf()",
                )
            yield two
        finally:
            for cluster in two.nodes.values():
                cluster.stop("immediate")


def _node(home: Path, name: str, other: str) -> Cluster:
    bin_dir, account = runnable(embedded_bin_dir())
    folder = home / f"of {name}"
    folder.mkdir(mode=0o711)
    return Cluster(
        bin_dir=bin_dir,
        data_dir=folder / "data",
        log_path=folder / "log",
        account=account,
        settings=_settings(home, name, other),
    )


def _settings(home: Path, name: str, other: str) -> dict[str, str]:
    return {
        **SETTINGS,
        "cluster_name": name,
        "primary_conninfo": f"host={home / other} port={PORT} user=postgres application_name={name}",
    }


def _run(cluster: Cluster, program: str, *arguments: str | Path) -> None:
    """One of PostgreSQL's programs that must own what it writes."""
    done = subprocess.run(
        [cluster.bin_dir / program, *arguments],
        cwd="/",
        env=environment(cluster.bin_dir),
        capture_output=True,
        text=True,
        check=False,
        **run_as(cluster.account),
    )
    assert done.returncode == 0, f"{program}: {done.stderr}"


def _uri(user: str, hosts: str, ports: str, **options: str) -> str:
    given = {"host": hosts, "port": ports, "connect_timeout": "2", **options}
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in given.items())
    return f"postgresql://{quote(user)}@/{DBNAME}?{query}"
