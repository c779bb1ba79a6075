"""
Forks a process for each run of pytest that is asked for: what all of them import is there already.

A line of standard input is a JSON array of pytest's arguments; the answer is a line with its exit status
and what it said. Nothing of the project is imported before the fork: it may be another each time.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

PATIENCE_S = 120
LIBRARIES = (
    *("pytest", "hypothesis", "pytest_postgresql", "schemathesis", "httpx2", "bip_utils"),
    *("psycopg", "psycopg_pool", "starlette.applications", "uvicorn", "msgspec", "structlog"),
    *("prometheus_client", "typer", "rich", "bcrypt", "coincurve", "Crypto.Cipher.AES", "rfc8785"),
)
QUIETLY = ("-q", "-x", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")


def main() -> None:
    for name in LIBRARIES:
        importlib.import_module(name)
    for line in sys.stdin:
        print(json.dumps(run([*QUIETLY, *json.loads(line)])), flush=True)


def run(arguments: list[str]) -> tuple[int, str]:
    """Exit status and output; a negative status where it came to no end."""
    output = Path("said")
    pid = os.fork()
    if not pid:
        _run_here(arguments, output)
    deadline = time.monotonic() + PATIENCE_S
    ended, status = 0, 0
    while not ended and time.monotonic() < deadline:
        time.sleep(0.02)
        ended, status = os.waitpid(pid, os.WNOHANG)
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)  # servers of a test that was ended, too
    if not ended:
        os.waitpid(pid, 0)
        return -1, ""
    return os.waitstatus_to_exitcode(status), output.read_text(errors="replace")


def _run_here(arguments: list[str], output: Path) -> NoReturn:
    status = 70
    try:
        os.setsid()
        file = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, 1)
        os.dup2(file, 2)
        for name in [name for name in sys.modules if name.split(".")[0] == "tests"]:
            del sys.modules[name]
        import pytest

        status = int(pytest.main(arguments))
    except Exception:  # noqa: BLE001
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    main()
