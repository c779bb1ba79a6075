"""sqitch, for people and for `pgtill run`: deploy, status, revert on the database of a DSN."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from psycopg.conninfo import conninfo_to_dict

from service.embedded import embedded_bin_dir, environment
from service.errors import StartupError

ROOT: Final = Path(__file__).resolve().parent.parent

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


def deploy(dsn: str, *, quiet: bool = False) -> None:
    """Deploy what is planned and verify each change; a failed change is taken back, earlier ones stay."""
    _sqitch(dsn, "deploy", "--verify", quiet=quiet)


def status(dsn: str) -> None:
    """Show what is deployed and what is not."""
    _sqitch(dsn, "status")


def revert(dsn: str, *, to: str | None = None) -> None:
    """Take changes back, all of them or down to one; what their tables hold is lost."""
    _sqitch(dsn, "revert", "-y", *(["--to", to] if to else []))


def _sqitch(dsn: str, command: str, *arguments: str, quiet: bool = False) -> None:
    env = _environment(dsn)
    if shutil.which("sqitch", path=env["PATH"]) is None:
        raise StartupError("sqitch_missing", "sqitch is not installed; `make run` installs it")
    done = subprocess.run(
        ["sqitch", command, *arguments, "db:pg:"],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
        text=True,
        check=False,
    )
    # `sqitch status` exits 1 where nothing is deployed, and has said so.
    if done.returncode and command != "status":
        said = f":\n{done.stdout.strip()}" if quiet else ""
        raise StartupError("migration_failed", f"sqitch {command} failed{said}")


def _environment(dsn: str) -> Mapping[str, str]:
    given = conninfo_to_dict(dsn)
    connection = {_VARIABLES[name]: str(value) for name, value in given.items() if name in _VARIABLES}
    return {**environment(embedded_bin_dir()), **connection, "PGOPTIONS": "-c client_min_messages=warning"}
