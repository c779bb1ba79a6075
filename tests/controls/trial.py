"""The project without one of its guards, and what tests say of it: one after the other, in one copy."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from service.embedded import Cluster
from tests.controls.workshop import GREEN, RED, RemovalError, Verdict, copied
from tests.database import FAST, TEMPLATE, deployed


@dataclass(frozen=True)
class Trials:
    """A copy of the project, a database server that its tests borrow, and who runs them."""

    home: Path
    cluster: Cluster
    process: subprocess.Popen[str]

    @classmethod
    @contextmanager
    def held(cls) -> Iterator[Trials]:
        with (
            copied() as home,
            Cluster.temporary(settings=FAST, data_dir=deployed()) as cluster,
            subprocess.Popen(
                [sys.executable, "-m", "tests.controls.fork"],
                cwd=home,
                env={**os.environ, "PYTHONPATH": str(home), "PYTHONDONTWRITEBYTECODE": "1"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            ) as process,
        ):
            try:
                yield cls(home, cluster, process)
            finally:
                process.kill()

    def hold(self, path: str, source: str, tests: Sequence[str]) -> Verdict:
        """What the tests say with another source in this one place; they end with the first that is red."""
        place = self.home / path
        was = place.read_text()
        place.write_text(source)
        try:
            status, said = self._ask(["--lent", str(self.cluster.data_dir.parent), *tests])
        finally:
            place.write_text(was)
            self._clear()
        if status < 0:
            return Verdict(False, ("it came to no end",))
        if status not in (GREEN, RED):
            if found := re.findall(r"^(?:E   )?(\w+(?:\.\w+)*(?:Error|Exception)\b.*)$", said, re.MULTILINE):
                return Verdict(False, (found[-1],))
            raise RemovalError(f"{' '.join(tests)} could not be run:\n{said[-4000:]}")
        failed = re.findall(r"^(?:FAILED|ERROR) (.+?)(?: - |$)", said, re.MULTILINE)
        return Verdict(status == GREEN, tuple(dict.fromkeys(failed)))

    def _ask(self, arguments: list[str]) -> tuple[int, str]:
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps(arguments), file=self.process.stdin, flush=True)
        status, said = json.loads(self.process.stdout.readline())
        return status, said

    def _clear(self) -> None:
        """Drop what a test that was ended left behind."""
        kept = f"('postgres', 'template0', 'template1', '{TEMPLATE}')"
        query = f"SELECT datname FROM pg_database WHERE datname NOT IN {kept}"
        for name in self.cluster.run("psql", "--no-psqlrc", "-Atc", query).splitlines():
            self.cluster.run("dropdb", "--force", name)
