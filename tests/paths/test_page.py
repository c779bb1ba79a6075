"""
docs/path-registry.md, run again: every `$` line of its console blocks, in order, on a new database.

    python -m tests.paths.test_page     writes what was answered into the page
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from service.embedded import Cluster
from tests.conftest import Database
from tests.database import FAST, close_to_public, deploy, servers
from tests.support import PGTILL, ROOT, Server, environment, serving

PAGE = ROOT / "docs" / "path-registry.md"

_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
_MARK = "\x1e"

# What curl does in these examples, without curl having to be there.
_CURL = f"""#!{sys.executable}
import sys
import httpx2
url, method, headers, body, words = "", None, {{}}, None, iter(sys.argv[1:])
for word in words:
    if word == "-H":
        name, _, value = next(words).partition(": ")
        headers[name] = value
    elif word == "-d":
        body = next(words)
    elif word == "-X":
        method = next(words)
    elif word != "-s":
        url = word
answer = httpx2.request(method or ("POST" if body else "GET"), url, headers=headers, content=body, timeout=30)
sys.stdout.write(answer.text)
"""

# Ids, keys and times differ from run to run.
_DIFFERING = (
    (re.compile(r"\b(usr|org|prp|trf|inc)_[0-9a-f]{24}"), r"\1_…"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.0-9]*(Z|\+00:00|\+00)?"), "2026-…"),
    (re.compile(r"[ \t]+$", re.MULTILINE), ""),
)


def commands(block: str) -> list[str]:
    """The commands of a block, without what was answered."""
    found: list[str] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append(line[2:])
        elif line.startswith("> ") and found and found[-1].endswith("\\"):
            found[-1] += "\n" + line[2:]
    return found


def masked(text: str) -> str:
    """Without what differs from run to run."""
    for pattern, put in _DIFFERING:
        text = pattern.sub(put, text)
    return text.strip("\n")


def answers(database: Database, server: Server, page: str) -> list[str]:
    """What each command of the page answers."""
    lines = [line for block in _BLOCK.findall(page) for line in commands(block)]
    script = "".join(f"{line}\nprintf '{_MARK}\\n'\n" for line in lines)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "curl").write_text(_CURL)
        code = PGTILL[-1]
        (folder / "pgtill").write_text(f"#!{sys.executable}\n{code}\n")
        for program in folder.iterdir():
            program.chmod(0o755)
        env = environment(database.dsn("pgtill_operator"))
        env |= {
            "URL": server.url,
            "PATH": f"{folder}:{database.cluster.bin_dir}:{env['PATH']}",
            "PYTHONPATH": str(ROOT),
            "TZ": "UTC",
        }
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=ROOT,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=300,
            check=False,
        )
    found = done.stdout.decode().split(f"{_MARK}\n")
    assert len(found) == len(lines) + 1, found[-1]
    return [masked(text) for text in found[:-1]]


def rewritten(page: str, found: list[str]) -> str:
    """The page with these answers."""
    left = iter(found)

    def block(match: re.Match[str]) -> str:
        lines = []
        for command in commands(match[1]):
            lines += ["$ " + command.replace("\n", "\n> "), *next(left).splitlines()]
        return "```console\n" + "\n".join(lines) + "\n```"

    return _BLOCK.sub(block, page)


def test_the_page_is_what_the_commands_answer(database: Database) -> None:
    page = PAGE.read_text()
    with serving(database.dsn("pgtill_service")) as server:
        found = answers(database, server, page)
    assert rewritten(page, found) == page


if __name__ == "__main__":
    with Cluster.temporary(servers()["18"], FAST) as cluster:
        cluster.run("createdb", "page")
        deploy(cluster, "page")
        close_to_public(cluster, "page")
        new = Database(cluster, "page")
        with serving(new.dsn("pgtill_service")) as running:
            text = PAGE.read_text()
            PAGE.write_text(rewritten(text, answers(new, running, text)))
