"""A copy of the project from which a protection is removed, and what a suite then says of it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.controls.controls import Edit, Statement, Suite
from tests.database import ROOT

PARTS = ("db", "service", "tests", "sqitch.plan", "sqitch.conf", "pyproject.toml")
LINKS = (".venv", ".tools")
CHANGE = "controls/removal"

GREEN, RED, BROKEN = 0, 1, 3


class RemovalError(Exception):
    """A protection that cannot be removed as it says: the control proves nothing."""


@dataclass(frozen=True)
class Verdict:
    """Whether a suite is green, and which of its tests are not."""

    is_green: bool
    failed: tuple[str, ...]


@contextmanager
def copied() -> Iterator[Path]:
    """The project, elsewhere; the account that runs root's servers may read it."""
    with tempfile.TemporaryDirectory(prefix="pgtill-control-") as name:
        home = Path(name)
        home.chmod(0o755)
        for part in PARTS:
            if (ROOT / part).is_dir():
                shutil.copytree(ROOT / part, home / part, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / part, home / part)
        for link in LINKS:
            (home / link).symlink_to((ROOT / link).resolve())
        yield home


def edit(home: Path, change: Edit) -> None:
    """Replace the one place; raises `RemovalError` where there is none, or several."""
    path = home / change.path
    text = path.read_text() if path.exists() else ""
    if text.count(change.was) != 1:
        raise RemovalError(f"{change.path} has this {text.count(change.was)} times, not once:\n{change.was}")
    path.write_text(text.replace(change.was, change.becomes))


def remove(home: Path, removals: Sequence[Edit | Statement]) -> None:
    """Take the protection out of the copy."""
    statements = [removal.sql for removal in removals if isinstance(removal, Statement)]
    for removal in removals:
        if isinstance(removal, Edit):
            edit(home, removal)
    if statements:
        for folder, script in (
            ("db", "BEGIN;\n" + "".join(f"{sql};\n" for sql in statements) + "COMMIT;\n"),
            ("db/verify", "SELECT 1;\n"),
            ("db/revert", "SELECT 1;\n"),
        ):
            path = home / folder / f"{CHANGE}.sql"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(script)
        with (home / "sqitch.plan").open("a") as plan:
            plan.write(f"{CHANGE} 2026-12-31T00:00:00Z pgtill <pgtill@example.org> # Removes a protection.\n")


def judge(home: Path, suite: Suite) -> Verdict:
    """Run the suite in the copy; raises `RemovalError` where it did not run at all."""
    if suite.kind == "pytest":
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *suite.names]
    else:
        command = [sys.executable, "-m", "tests.controls.suite", suite.kind, *suite.names]
    environment = {**os.environ, "PYTHONPATH": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command, cwd=home, env=environment, capture_output=True, text=True, check=False, timeout=600
        )
    except subprocess.TimeoutExpired:
        return Verdict(False, ("it came to no end within ten minutes",))
    said = done.stdout + done.stderr
    failed = _failed(suite.kind, said)
    if done.returncode not in (GREEN, RED) or (done.returncode == RED and not failed):
        raise RemovalError(f"{suite} could not be run:\n{said[-4000:]}")
    return Verdict(done.returncode == GREEN, failed)


def _failed(kind: str, said: str) -> tuple[str, ...]:
    if kind == "pytest":
        found = re.findall(r"^(?:FAILED|ERROR) \S+::(\S+)", said, re.MULTILINE)
    elif kind == "isolation":
        found = re.findall(r"^db/tests/isolation/(\w+)\.spec \.\. not ok", said, re.MULTILINE)
    else:
        found = re.findall(r"^not ok \d+ - (.+)$", said, re.MULTILINE)
        found += re.findall(r"^psql:db/tests/\S+ ERROR:  (.+)$", said, re.MULTILINE)
    return tuple(dict.fromkeys(found))
