"""sqitch, for people and for `pgtill run`: deploy, status, revert on the database of a DSN."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict

from service.embedded import embedded_bin_dir, environment
from service.errors import StartupError, from_database

ROOT: Final = Path(__file__).resolve().parent.parent
PLAN: Final = ROOT / "sqitch.plan"

_STANDARD_ERROR: Final = 2

_OPTIONS: Final = "-c client_min_messages=warning -c lock_timeout=500ms"
"""Who waits for a table's lock holds everybody up who comes later: half as long as pgtill_service waits."""

_NO_LOCK: Final = "canceling statement due to lock timeout"
ATTEMPTS: Final = 60
PAUSE_SECONDS: Final = 1.0
"""Between two attempts, so that whoever was held up goes on."""

# libpq's own names of what a DSN may hold; a password on a command line would be seen by everybody.
_VARIABLES: Final = {
    "host": "PGHOST",
    "hostaddr": "PGHOSTADDR",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
    "connect_timeout": "PGCONNECT_TIMEOUT",
}


def deploy(dsn: str, *, quiet: bool = False, aside: bool = False) -> None:
    """
    Deploy what is planned and verify each change; a failed change is taken back, earlier ones stay.

    It gives way to whoever has a lock that it needs, a long report for instance, and tries again for a minute.
    """
    _sqitch(dsn, "deploy", "--verify", quiet=quiet, aside=aside)


def status(dsn: str) -> None:
    """Show what is deployed and what is not."""
    _sqitch(dsn, "status")


def revert(dsn: str, *, to: str | None = None, aside: bool = False) -> None:
    """Take changes back, all of them or down to one; what their tables hold is lost."""
    _sqitch(dsn, "revert", "-y", *(["--to", to] if to else []), aside=aside)


def standing(dsn: str) -> dict[str, Any]:
    """What `status` shows, for programs: how many changes are deployed, the last of them, and which are not."""
    try:
        with psycopg.connect(dsn) as conn:
            deployed = _deployed(conn)
    except psycopg.Error as exc:
        raise from_database(exc, is_read=True) from None
    pending = [change for change in planned_changes() if change not in deployed]
    return {"deployed": len(deployed), "last": deployed[-1] if deployed else None, "pending": pending}


def planned_changes() -> list[str]:
    """The changes of sqitch.plan, in order."""
    return [line.split()[0] for line in PLAN.read_text().splitlines() if line and line[0] not in "%@#"]


def _deployed(conn: psycopg.Connection) -> list[str]:
    """From sqitch's registry, which is not there before the first deployment."""
    if conn.execute("SELECT to_regclass('sqitch.changes')").fetchone() == (None,):
        return []
    rows = conn.execute("SELECT change FROM sqitch.changes WHERE project = 'pgtill' ORDER BY committed_at")
    return [change for (change,) in rows]


def _sqitch(dsn: str, command: str, *arguments: str, quiet: bool = False, aside: bool = False) -> None:
    """Run sqitch; quiet: what it says is told of a failure only; aside: on standard error."""
    env = _environment(dsn)
    if shutil.which("sqitch", path=env["PATH"]) is None:
        raise StartupError("sqitch_missing", "sqitch is not installed; `make run` installs it")
    for _ in range(ATTEMPTS):
        done = subprocess.run(
            ["sqitch", command, *arguments, "db:pg:"],
            cwd=ROOT,
            env=env,
            stdout=subprocess.PIPE if quiet else _STANDARD_ERROR if aside else None,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if not quiet:
            sys.stderr.write(done.stderr)
        if not done.returncode or _NO_LOCK not in done.stderr:
            break
        time.sleep(PAUSE_SECONDS)
    # `sqitch status` exits 1 where nothing is deployed, and has said so; 2 where nothing can be said.
    if done.returncode > (1 if command == "status" else 0):
        said = f":\n{done.stdout}{done.stderr}".rstrip() if quiet else ""
        raise StartupError("migration_failed", f"sqitch {command} failed{said}")


def _environment(dsn: str) -> Mapping[str, str]:
    given = conninfo_to_dict(dsn)
    connection = {_VARIABLES[name]: str(value) for name, value in given.items() if name in _VARIABLES}
    return {**environment(embedded_bin_dir()), **connection, "PGOPTIONS": _OPTIONS}
