"""docs/ledger.md is run as it stands: every command, and what it is said to answer."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import Database
from tests.ledger.readers import HLEDGER
from tests.support import PGTILL, ROOT, create_merchant, environment, serving

PAGE = ROOT / "docs" / "ledger.md"
BLOCKS = re.compile(r"```sh\n(.*?)```\n(?:\n```\n(.*?)```\n)?", re.DOTALL)
MARK = "--- next ---"


def blocks() -> list[tuple[str, str]]:
    """Commands and what they answer."""
    found: list[tuple[str, str]] = BLOCKS.findall(PAGE.read_text())
    if HLEDGER is None:
        print("hledger is not installed: what needs it is left out", file=sys.stderr)
        found = [(commands, answer) for commands, answer in found if "hledger -f" not in commands]
    return found


def run(database: Database, folder: Path) -> list[str]:
    """What each block answers in one shell, on a fresh database."""
    merchant = create_merchant(database.dsn())
    (folder / "pgtill").write_text(
        f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -W error {PGTILL[-2]} "{PGTILL[-1]}" "$@"\n'
    )
    (folder / "pgtill").chmod(0o755)
    script = f'\necho "{MARK}"\n'.join(commands for commands, _ in blocks())
    with serving(database.dsn("pgtill_service")) as server:
        env = environment(database.dsn("pgtill_operator"), BASE=server.url, KEY=merchant.key)
        env["PATH"] = f"{folder}:{env['PATH']}"
        done = subprocess.run(
            ["bash", "-e", "-c", script],
            cwd=folder,
            env={**env, "LC_ALL": "C.UTF-8", "COLUMNS": "120"},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr + done.stdout
    return [plain(answer) for answer in done.stdout.split(f"{MARK}\n")]


def plain(text: str) -> str:
    """Without what differs from run to run."""
    text = re.sub(r"\b(acc|jrn|hold|auto_idem)_[0-9a-f]{24}\b", r"\1_…", text)
    text = re.sub(r"api_key:[0-9a-f]{16}", "api_key:…", text)
    text = re.sub(r"20\d\d-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{6})?(Z|\+00:00))?", "2026-…", text)
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def test_the_page_says_what_happens(database: Database, tmp_path: Path) -> None:
    written = [(commands, plain(answer)) for commands, answer in blocks()]
    answered = run(database, tmp_path)
    assert len(answered) == len(written) > 4
    for (commands, answer), found in zip(written, answered, strict=True):
        assert found == answer, commands
